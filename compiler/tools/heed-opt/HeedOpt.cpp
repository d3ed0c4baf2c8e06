// heed-opt: runs passes on the text of modules, for tests and for people who read along. In: MLIR. Out: MLIR.
#include "compiler/codegen/Codegen.h"
#include "compiler/pipelines/Passes.h"
#include "compiler/pipelines/Pipelines.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry dialects;
  heed::registerCodegenDialects(dialects);
  // What the pipelines have besides our own, so that each can be run by its text: `--run-reproducer`.
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  mlir::registerLoopInvariantCodeMotionPass();
  mlir::arith::registerArithExpandOpsPass();
  mlir::registerConvertMathToLLVMPass();
  mlir::registerConvertMathToLibmPass();
  mlir::registerSCFToControlFlowPass();
  mlir::registerConvertToLLVMPass();
  mlir::registerReconcileUnrealizedCastsPass();
  heed::registerHeedPasses();
  heed::registerHeedPipelines();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Runs passes on heed modules\n", dialects));
}
