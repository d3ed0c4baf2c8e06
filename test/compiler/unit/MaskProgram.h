// Loops over key blocks as machine code: functions that append what they visit to a list.
#pragma once

#include "Masks.h"

#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Segments.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

namespace heed::test {

/// Of (list, sizes, b, block); a memref is two pointers, offset, size and stride.
using Function = void (*)(int64_t *, int64_t *, int64_t, int64_t, int64_t, int64_t *, int64_t *, int64_t, int64_t,
                          int64_t, int64_t, int64_t);

/// Functions f0, f1, … of one module; list[0] counts the entries after it.
class Program {
public:
  Program() {
    mlir::DialectRegistry registry;
    registerCodegenDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  }

  /// `emit` is given a way to append an index to the list.
  using Append = llvm::function_ref<void(mlir::Value)>;
  mlir::func::FuncOp add(const Bounds &bounds, unsigned rowDim,
                         llvm::function_ref<void(mlir::ImplicitLocOpBuilder &, BoundsAt, Append)> emit) {
    mlir::ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    mlir::Type list = mlir::MemRefType::get(mlir::ShapedType::kDynamic, b.getIndexType());
    auto type = b.getFunctionType({list, list, b.getIndexType(), b.getIndexType()}, {});
    auto f = mlir::func::FuncOp::create(b, "f" + std::to_string(count++), type);
    mlir::Block *entry = f.addEntryBlock();
    b.setInsertionPointToStart(entry);
    llvm::SmallVector<mlir::Value> symbols, dims = {entry->getArgument(2), {}, {}};
    dims[rowDim] = entry->getArgument(3);
    auto constant = [&](int64_t n) { return mlir::arith::ConstantIndexOp::create(b, n); };
    for (size_t s = 0; s != bounds.symbols.size(); ++s)
      symbols.push_back(mlir::memref::LoadOp::create(b, entry->getArgument(1), mlir::ValueRange(constant(s))));
    emit(b, {dims, symbols}, [&](mlir::Value item) {
      mlir::Value next = mlir::memref::LoadOp::create(b, entry->getArgument(0), mlir::ValueRange(constant(0)));
      next = mlir::arith::AddIOp::create(b, next, constant(1));
      mlir::memref::StoreOp::create(b, item, entry->getArgument(0), next);
      mlir::memref::StoreOp::create(b, next, entry->getArgument(0), mlir::ValueRange(constant(0)));
    });
    mlir::func::ReturnOp::create(b);
    return f;
  }

  mlir::func::FuncOp addBlocks(const Mask &mask, const Bounds &bounds) {
    return add(bounds, mask.ask.rows.dim, [&](mlir::ImplicitLocOpBuilder &b, BoundsAt at, Append append) {
      forSegments(b, bounds, at, /*most=*/1, [&](mlir::Value k, mlir::Value, mlir::Value masked) {
        mlir::Value bit = mlir::arith::IndexCastUIOp::create(b, b.getIndexType(), masked);
        append(mlir::arith::AddIOp::create(b, mlir::arith::AddIOp::create(b, k, k), bit));
      });
    });
  }

  void compile() {
    REQUIRE(succeeded(mlir::verify(*module)));
    mlir::PassManager pm(&context);
    buildLowering(pm);
    REQUIRE(succeeded(pm.run(*module)));
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto llvmContext = std::make_unique<llvm::LLVMContext>();
    auto translated = mlir::translateModuleToLLVMIR(*module, *llvmContext);
    REQUIRE(translated);
    jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
    llvm::cantFail(jit->addIRModule({std::move(translated), std::move(llvmContext)}));
  }

  std::vector<int64_t> run(unsigned f, const Bounds &bounds, const At &at) {
    std::vector<int64_t> list(400), sizes = Mask::sizes(bounds, at);
    auto function = llvm::cantFail(jit->lookup("f" + std::to_string(f))).toPtr<Function>();
    int64_t *l = list.data(), *s = sizes.data();
    function(l, l, 0, list.size(), 1, s, s, 0, sizes.size(), 1, at.batch, at.block);
    return std::vector<int64_t>(list.begin() + 1, list.begin() + 1 + list[0]);
  }

  std::vector<Visit> visits(unsigned f, const Bounds &bounds, const At &at) {
    std::vector<Visit> visits;
    for (int64_t item : run(f, bounds, at))
      visits.push_back({item / 2, item % 2 == 1});
    return visits;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;

private:
  unsigned count = 0;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace heed::test
