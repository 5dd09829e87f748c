"""Names of EC2 instance types and EBS volume types."""

# Instance families that are older than the Nitro system, and A1. Each has a successor with more performance for the
# price. DescribeInstanceTypes lists the hypervisor:
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html
PREVIOUS = (
    *("a1.", "c1.", "c3.", "c4.", "cc2.", "cr1.", "d2.", "f1.", "g2.", "g3.", "g3s.", "h1.", "hs1.", "i2.", "i3."),
    *("m1.", "m2.", "m3.", "m4.", "p2.", "p3.", "r3.", "r4.", "t1.", "t2.", "x1.", "x1e."),
)
# Types that are EBS-optimized only if EbsOptimized is set. All other types of their families, and T2, cannot be.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html
OPTIMIZABLE = (
    *("c1.xlarge", "c3.xlarge", "c3.2xlarge", "c3.4xlarge", "g2.2xlarge", "i2.xlarge", "i2.2xlarge", "i2.4xlarge"),
    *("m1.large", "m1.xlarge", "m2.2xlarge", "m2.4xlarge", "m3.xlarge", "m3.2xlarge"),
    *("r3.xlarge", "r3.2xlarge", "r3.4xlarge"),
)
NOT_OPTIMIZABLE = ("c1.", "c3.", "cc2.", "cr1.", "g2.", "hs1.", "i2.", "m1.", "m2.", "m3.", "r3.", "t1.", "t2.")
# Volume types with a successor of more performance for the price: gp3 reaches more IOPS than io1.
OLD_DISKS = ("gp2", "io1", "standard")
