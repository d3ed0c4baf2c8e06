// heed-opt: runs passes on the text of modules, for tests and for people who read along. In: MLIR. Out: MLIR.
#include "compiler/dialect/HeedDialect.h"
#include "compiler/pipelines/Passes.h"
#include "compiler/pipelines/Pipelines.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry dialects;
  dialects.insert<heed::HeedDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                  mlir::vector::VectorDialect>();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  heed::registerHeedPasses();
  heed::registerHeedPipelines();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Runs passes on heed modules\n", dialects));
}
