// The loops over key blocks, as machine code: they visit what bounds say, in order, and what looking at every pair
// says.
#include "Masks.h"

#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Segments.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

using namespace heed;
using namespace heed::test;
using namespace mlir;

namespace {

/// Of (list, sizes, b, block); a memref is two pointers, offset, size and stride.
using Function = void (*)(int64_t *, int64_t *, int64_t, int64_t, int64_t, int64_t *, int64_t *, int64_t, int64_t,
                          int64_t, int64_t, int64_t);

/// Functions f0, f1, … of one module; list[0] counts the entries after it.
class Program {
public:
  Program() {
    DialectRegistry registry;
    registerCodegenDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    module = ModuleOp::create(UnknownLoc::get(&context));
  }

  /// `emit` is given a way to append an index to the list.
  using Append = function_ref<void(Value)>;
  func::FuncOp add(const Bounds &bounds, unsigned rowDim,
                   function_ref<void(ImplicitLocOpBuilder &, BoundsAt, Append)> emit) {
    ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    Type list = MemRefType::get(ShapedType::kDynamic, b.getIndexType());
    auto type = b.getFunctionType({list, list, b.getIndexType(), b.getIndexType()}, {});
    auto f = func::FuncOp::create(b, "f" + std::to_string(count++), type);
    Block *entry = f.addEntryBlock();
    b.setInsertionPointToStart(entry);
    SmallVector<Value> symbols, dims = {entry->getArgument(2), {}, {}};
    dims[rowDim] = entry->getArgument(3);
    auto constant = [&](int64_t n) { return arith::ConstantIndexOp::create(b, n); };
    for (size_t s = 0; s != bounds.symbols.size(); ++s)
      symbols.push_back(memref::LoadOp::create(b, entry->getArgument(1), ValueRange(constant(s))));
    emit(b, {dims, symbols}, [&](Value item) {
      Value next = memref::LoadOp::create(b, entry->getArgument(0), ValueRange(constant(0)));
      next = arith::AddIOp::create(b, next, constant(1));
      memref::StoreOp::create(b, item, entry->getArgument(0), next);
      memref::StoreOp::create(b, next, entry->getArgument(0), ValueRange(constant(0)));
    });
    func::ReturnOp::create(b);
    return f;
  }

  func::FuncOp addBlocks(const Mask &mask, const Bounds &bounds) {
    return add(bounds, mask.ask.rows.dim, [&](ImplicitLocOpBuilder &b, BoundsAt at, Append append) {
      forSegments(b, bounds, at, [&](Value begin, Value end, Value masked) {
        Value one = arith::ConstantIndexOp::create(b, 1);
        Value bit = arith::IndexCastUIOp::create(b, b.getIndexType(), masked);
        scf::ForOp::create(b, begin, end, one, ValueRange(), [&](OpBuilder &, Location, Value k, ValueRange) {
          append(arith::AddIOp::create(b, arith::AddIOp::create(b, k, k), bit));
          scf::YieldOp::create(b);
        });
      });
    });
  }

  void compile() {
    REQUIRE(succeeded(mlir::verify(*module)));
    PassManager pm(&context);
    buildLowering(pm);
    REQUIRE(succeeded(pm.run(*module)));
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto llvmContext = std::make_unique<llvm::LLVMContext>();
    auto translated = translateModuleToLLVMIR(*module, *llvmContext);
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

  MLIRContext context;
  OwningOpRef<ModuleOp> module;

private:
  unsigned count = 0;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

unsigned countOf(func::FuncOp f, StringRef name) {
  unsigned count = 0;
  f.walk([&](Operation *op) { count += op->getName().getStringRef() == name; });
  return count;
}

} // namespace

TEST_CASE("code visits exactly what bounds say, each block once and in order; for sliding windows what is needed") {
  Program program;
  std::mt19937 random(11);
  std::vector<Mask> masks;
  for (const char *text : {"(d1 + s0 - d2)", "(d1 + s0 - d2, d2 - d1 - s0 + 19)", "(s0 - 1 - d2) or (d1 + s0 - d2)",
                           "(d1 + s0 - d2, d2 - d1 - s0 + 19) or (d1 + s0 - d2, -d2 + 2)", "(0 = 0)", "(-1)"})
    for (bool transposed : {false, true})
      masks.emplace_back(program.context, text, 8, 16, transposed);
  size_t exact = masks.size();
  while (masks.size() != 120) {
    int64_t blocks[] = {1, 4, 8, 16};
    masks.emplace_back(program.context, randomCondition(random), blocks[random() % 4], blocks[random() % 4],
                       random() % 2);
    masks.back().ask.padded = random() % 2;
  }
  std::vector<Bounds> bounds;
  for (const Mask &mask : masks)
    program.addBlocks(mask, bounds.emplace_back(maskBounds(mask.ask)));
  program.compile();
  for (size_t m = 0; m != masks.size(); ++m)
    masks[m].everywhere([&](const At &at) {
      std::vector<Visit> visits = program.visits(m, bounds[m], at);
      CAPTURE(masks[m].text);
      CHECK((visits == masks[m].bounded(bounds[m], at)));
      if (m < exact)
        CHECK((visits == masks[m].needed(at)));
    });
}

TEST_CASE("runs are disjoint, in order, and at most two per interval") {
  Program program;
  Mask mask(program.context, "(d1 + s0 - d2, d2 - d1 - s0 + 19) or (d1 + s0 - d2, -d2 + 2)", 4, 1);
  Bounds bounds = maskBounds(mask.ask);
  program.add(bounds, 1, [&](ImplicitLocOpBuilder &b, BoundsAt at, Program::Append append) {
    forSegments(b, bounds, at, [&](Value begin, Value end, Value masked) {
      for (Value item : {begin, end, arith::IndexCastUIOp::create(b, b.getIndexType(), masked).getResult()})
        append(item);
    });
  });
  program.compile();
  mask.everywhere([&](const At &at) {
    std::vector<int64_t> list = program.run(0, bounds, at);
    std::vector<Visit> visits;
    CHECK(list.size() <= 3 * 2 * (bounds.visited.size() + bounds.broken.size()));
    for (size_t n = 0; n != list.size(); n += 3) {
      CHECK(list[n] < list[n + 1]);
      for (int64_t k = list[n]; k < list[n + 1]; ++k)
        visits.push_back({k, list[n + 2] == 1});
    }
    CHECK((visits == mask.needed(at)));
  });
}

TEST_CASE("what is known of the mask is a constant, and runs that are all alike need no search") {
  Program program;
  auto emitted = [&](const char *text, bool padded, bool breakAll = false) {
    Mask mask(program.context, text);
    mask.ask.padded = padded;
    Bounds bounds = maskBounds(mask.ask);
    if (breakAll)
      bounds.broken = bounds.visited;
    func::FuncOp f = program.addBlocks(mask, bounds);
    return std::tuple(countOf(f, "scf.for"), countOf(f, "scf.while"), countOf(f, "arith.ori") != 0);
  };
  CHECK((emitted("(0 = 0)", false) == std::tuple(1u, 0u, false)));
  CHECK((emitted("(0 = 0)", true) == std::tuple(1u, 1u, true)));
  CHECK((emitted("(d1 + s0 - d2)", false) == std::tuple(1u, 1u, true)));
  CHECK((emitted("(d1 + s0 - d2)", false, true) == std::tuple(1u, 0u, false)));
  CHECK((emitted("(-1)", false) == std::tuple(0u, 0u, false)));
}
