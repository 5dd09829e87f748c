// AwsSolutions, cdk-nag's largest pack, on templates in JSON: node nag.js FILE...
// Prints how many templates it judged, and how many violations it found; CfnInclude refuses some templates.
const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = require("cdk-nag");

const found = { judged: 0, violations: 0, refused: {} };
for (const file of process.argv.slice(2)) {
  try {
    const stack = new Stack(new App({ analyticsReporting: false }), "Stack");
    new CfnInclude(stack, "Template", { templateFile: file });
    const report = new AwsSolutionsChecks().validateScope(stack);
    found.judged += 1;
    found.violations += report.violations.length;
  } catch (error) {
    found.refused[file] = String(error.message).slice(0, 200);
  }
}
console.log(JSON.stringify(found));
