// In: a model at stage `kernels`. Out: a module of functions in loops, a range function for each distinct kernel, a
// host function for each entry, and what the model says of itself in the attribute `heed.model`.
#include "compiler/codegen/Manifest.h"
#include "compiler/codegen/cpu/CpuSkeletons.h"
#include "compiler/codegen/plain/PlainSkeleton.h"
#include "compiler/kernels/InPlace.h"
#include "compiler/pipelines/Passes.h"
#include "compiler/pipelines/Refusal.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_WRITELOOPS
#include "compiler/pipelines/Passes.h.inc"

namespace {

/// Kernels that differ in their names, operands and places only: one function serves all.
struct EqualKernels {
  SmallVector<KernelOp> calls;
  RangeFunction function;

  bool fits(KernelOp other) {
    return calls.front().getLayoutsAttr() == other.getLayoutsAttr() &&
           OperationEquivalence::isRegionEquivalentTo(&calls.front().getBody(), &other.getBody(),
                                                      OperationEquivalence::IgnoreLocations);
  }

  /// Some call writes a result where one of its operands lies.
  bool inPlace() {
    return llvm::any_of(calls, [](KernelOp call) {
      return llvm::any_of(call->getOperands(), [&](Value operand) {
        Value memory = memoryOf(operand);
        auto made = memory.getDefiningOp<KernelOp>();
        if (!made)
          return false;
        auto place = cast<PlaceAttr>((*made.getPlaces())[cast<OpResult>(memory).getResultNumber()]);
        return llvm::any_of(call.getPlaces()->getAsRange<PlaceAttr>(), [&](PlaceAttr own) {
          return own.getKind() == place.getKind() && own.getIndex() == place.getIndex() &&
                 own.getOffset() == place.getOffset();
        });
      });
    });
  }
};

class WriteLoops : public impl::WriteLoopsBase<WriteLoops> {
public:
  using WriteLoopsBase::WriteLoopsBase;

private:
  void runOnOperation() override {
    ModuleOp module = getOperation();
    HostCalls host(module);
    llvm::Expected<CpuStrategy> found = CpuStrategy::forCpu(cpu);
    if (!found) {
      refuse(module.getLoc()) << llvm::toString(found.takeError());
      return signalPassFailure();
    }
    strategy = *found;
    for (auto model : llvm::make_early_inc_range(module.getOps<ModelOp>())) {
      if (module->hasAttr(manifestName)) {
        model.emitError("a module is one model");
        return signalPassFailure();
      }
      std::vector<EqualKernels> kernels = equalKernels(model);
      RangeFunctions functions;
      for (EqualKernels &equal : kernels) {
        KernelOp kernel = equal.calls.front();
        std::unique_ptr<Skeleton> skeleton = skeletonFor(equal);
        FailureOr<RangeFunction> made =
            emitRangeFunction(kernel, nameFor(kernel), equal.inPlace(), *skeleton, module, host);
        if (failed(made))
          return signalPassFailure();
        equal.function = *made;
        for (KernelOp call : equal.calls)
          functions[call] = &equal.function;
      }
      SmallVector<HostFunction> entries;
      for (auto entry : model.getOps<EntryOp>())
        entries.push_back(emitHostFunction(entry, functions, module, host));
      module->setAttr(manifestName, makeManifest(model, module, entries));
      model.erase();
    }
  }

  static std::vector<EqualKernels> equalKernels(ModelOp model) {
    std::vector<EqualKernels> distinct;
    model.walk([&](KernelOp kernel) {
      auto known = llvm::find_if(distinct, [&](EqualKernels &equal) { return equal.fits(kernel); });
      if (known == distinct.end())
        distinct.push_back({{kernel}, {}});
      else
        known->calls.push_back(kernel);
    });
    return distinct;
  }

  /// The fast skeleton of the kernel, if there is one and no one asked for plain loops.
  std::unique_ptr<Skeleton> skeletonFor(EqualKernels &equal) {
    KernelOp kernel = equal.calls.front();
    bool isPlain = backend == Backend::Plain ||
                   llvm::any_of(equal.calls, [&](KernelOp call) { return llvm::is_contained(plain, call.getName()); });
    std::unique_ptr<Skeleton> fast = isPlain ? nullptr : cpuSkeleton(kernel, strategy);
    return fast ? std::move(fast) : plainSkeleton(kernel);
  }

  /// The kernel's own name, unless the module or the C library has a function of that name: `exp` would call itself.
  std::string nameFor(KernelOp kernel) {
    llvm::TargetLibraryInfoImpl library{llvm::Triple()};
    llvm::LibFunc function;
    std::string name = kernel.getName().str();
    while (getOperation().lookupSymbol(name) || library.getLibFunc(name, function))
      name += '_';
    return name;
  }

  CpuStrategy strategy;
};

} // namespace
} // namespace heed
