"""Types of machines, by name."""

# Families that AWS calls previous generation: https://aws.amazon.com/ec2/previous-generation/
PREVIOUS = (
    *("a1.", "c1.", "c3.", "c4.", "cc2.", "cr1.", "d2.", "f1.", "g2.", "g3.", "g3s.", "hs1.", "i2.", "i3."),
    *("m1.", "m2.", "m3.", "m4.", "p2.", "p3.", "r3.", "r4.", "t1.", "t2.", "x1.", "x1e."),
)
OLD_DISKS = ("gp2", "io1", "standard")
