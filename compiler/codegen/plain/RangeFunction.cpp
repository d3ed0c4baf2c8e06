// Rows of a kernel are the combinations of its outer result indices. A range function is a loop over rows, and within
// it the loops of the kernel's ops for one row; what one op hands to the next within a row lies in scratch memory.
#include "compiler/codegen/plain/RangeFunction.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/Faults.h"
#include "compiler/codegen/Thunk.h"
#include "compiler/codegen/plain/AttendLoops.h"

#include "mlir/IR/AttrTypeSubElements.h"

#include <set>

using namespace mlir;

namespace heed {

SmallVector<std::string> sizesWithin(KernelOp kernel) {
  std::set<std::string> names;
  AttrTypeWalker walker;
  walker.addWalk([&](SizeAttr size) {
    for (std::string &name : size.getExpr().symbols())
      names.insert(std::move(name));
  });
  kernel.getBody().walk([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
  });
  for (BlockArgument argument : kernel.getBody().getArguments())
    walker.walk(argument.getType());
  return SmallVector<std::string>(names.begin(), names.end());
}

namespace {

/// The bounds of an op's result indices.
SmallVector<SizeExpr> resultBounds(Operation &op) {
  SmallVector<SizeExpr> bounds;
  if (auto index = dyn_cast<IndexOp>(op)) {
    bounds = index.getBoundExprs();
    bounds.resize(index.getRank());
  } else if (auto attend = dyn_cast<AttendOp>(op)) {
    bounds = attend.getBoundExprs();
    bounds.resize(attend.getRank());
  }
  return bounds;
}

/// How many leading result indices of all ops are the same ones, so that a row can be computed without any other row.
unsigned outerIndices(KernelOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front())
    if (isa<IndexOp, AttendOp>(op))
      ops.push_back(&op);
  SmallVector<SizeExpr> common = resultBounds(*ops.front());
  unsigned outer = common.size();
  for (Operation *op : ops) {
    SmallVector<SizeExpr> bounds = resultBounds(*op);
    outer = std::min<unsigned>(outer, std::mismatch(common.begin(), common.end(), bounds.begin(), bounds.end()).first -
                                          common.begin());
    if (auto attend = dyn_cast<AttendOp>(op))
      outer = std::min(outer, outerRowIndices(attend));
    // A last axis stays within the row where that makes a loop worth its name: always in a lone op, else where nothing
    // is reduced.
    auto index = dyn_cast<IndexOp>(op);
    if (auto axis = index ? prefixAxis(index) : std::nullopt) // running values are made in one go
      outer = std::min(outer, axis->dim);
    if (index && bounds.size() > 1 && (ops.size() == 1 || index.getReduction() == Reduction::none))
      outer = std::min<unsigned>(outer, bounds.size() - 1);
  }
  // Rows that one op makes for another must be read by that same row alone.
  kernel.getBody().walk([&](IndexOp reader) {
    for (AccessAttr access : reader.getAccessList()) {
      Operation *made = reader.getSources()[access.getOperand()].getDefiningOp();
      if (!made || !llvm::is_contained(ops, made))
        continue;
      for (unsigned d = 0; d < outer; ++d)
        if (access.getMap().getResult(d) != getAffineDimExpr(d, kernel.getContext()))
          outer = d;
    }
  });
  return outer;
}

/// Rows that are too small to be worth handing to another thread are grouped; run-time sizes count as 64.
int64_t grainOf(KernelOp kernel, unsigned outer) {
  auto typical = [](std::string_view) { return std::optional<int64_t>(64); };
  double work = 0;
  kernel.getBody().walk([&](Operation *op) {
    double points = 1;
    auto times = [&](ArrayRef<SizeExpr> bounds) {
      for (const SizeExpr &bound : bounds)
        points *= double(bound.evaluate(typical).value_or(64));
    };
    if (auto attend = dyn_cast<AttendOp>(op))
      times(ArrayRef(attend.getBoundExprs()).drop_front(outer));
    else if (auto index = dyn_cast<IndexOp>(op))
      times(ArrayRef(index.getBoundExprs())
                .drop_front(index.getEnclosingIndices() ? 0 : std::min<size_t>(outer, index.getNumIndices())));
    work += points;
  });
  constexpr double worthAThread = 16384;
  return std::max<int64_t>(1, int64_t(worthAThread / std::max(work, 1.0)));
}

/// What has no loops yet is refused at its line.
LogicalResult verifyKnown(KernelOp kernel) {
  WalkResult known = kernel.getBody().walk([](Operation *op) -> WalkResult {
    bool scalar = isa<arith::ArithDialect, math::MathDialect>(op->getDialect());
    if (scalar || isa<IndexOp, AttendOp, AtOp, SizeOp, DrawOp, StopOp, YieldOp>(op))
      return WalkResult::advance();
    return op->emitError() << "`" << op->getName() << "` is not compiled to loops yet";
  });
  return failure(known.wasInterrupted());
}

class Emitter {
public:
  Emitter(KernelOp kernel, StringRef name, bool inPlace, ModuleOp module, HostCalls &host)
      : kernel(kernel), name(name), inPlace(inPlace), host(host), b(unnamed(kernel.getLoc()), kernel.getContext()),
        sizes(sizesWithin(kernel)), outer(outerIndices(kernel)) {
    b.setInsertionPointToEnd(module.getBody());
  }

  FailureOr<RangeFunction> emit() {
    func::FuncOp function = declare();
    OpBuilder::InsertionGuard guard(b);
    SizeExpr scratch = fill(function);
    if (failed(passed))
      return failure();
    b.setInsertionPointAfter(function);
    Thunk thunk = emitThunk(b, function);
    RangeFunction result{thunk.function, thunk.args, sizes, rows(), grainOf(kernel, outer), scratch};
    return result;
  }

private:
  SizeExpr rows() {
    SizeExpr product = 1;
    SmallVector<SizeExpr> extents = bounds();
    for (unsigned d = 0; d != outer; ++d)
      product = product * extents[d];
    return product;
  }
  SmallVector<SizeExpr> bounds() {
    for (Operation &op : kernel.getBody().front())
      if (isa<IndexOp, AttendOp>(op))
        return resultBounds(op);
    return {};
  }

  /// name(%call, %fault, operands…, results…, sizes…, %r0, %r1, %scratch)
  func::FuncOp declare() {
    Type index = b.getIndexType();
    SmallVector<Type> types{LLVM::LLVMPointerType::get(b.getContext()), b.getI32Type()};
    SmallVector<StringRef> names{"call", "fault"};
    SmallVector<Location> locations(2, kernel.getLoc());
    auto add = [&](Type type, Location loc) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      types.push_back(tensor ? bufferOf(tensor.getElementType()) : type);
      locations.push_back(loc);
    };
    for (BlockArgument argument : kernel.getBody().getArguments())
      add(argument.getType(), argument.getLoc());
    auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
    for (Value result : yield.getOperands())
      add(result.getType(), result.getLoc());
    auto addNamed = [&](StringRef name, Type type) {
      types.push_back(type);
      locations.push_back(NameLoc::get(b.getStringAttr(name), kernel.getLoc()));
    };
    locations[0] = NameLoc::get(b.getStringAttr("call"), kernel.getLoc());
    locations[1] = NameLoc::get(b.getStringAttr("fault"), kernel.getLoc());
    for (const std::string &size : sizes)
      addNamed(size, index);
    addNamed("r0", index);
    addNamed("r1", index);
    addNamed("scratch", bufferOf(b.getI8Type()));

    auto function = func::FuncOp::create(b, name, b.getFunctionType(types, {}));
    function.setPrivate();
    Block *entry = b.createBlock(&function.getBody(), {}, types, locations);
    for (auto [i, type] : llvm::enumerate(types))
      if (isa<MemRefType>(type) && (!inPlace || i + 1 == types.size()))
        function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    b.setInsertionPointToStart(entry);
    return function;
  }

  /// The function's body; gives the bytes of scratch memory that it needs.
  SizeExpr fill(func::FuncOp function) {
    Block &entry = function.getBody().front();
    unsigned operands = kernel.getNumOperands(), results = kernel.getNumResults(), firstSize = 2 + operands + results;
    Value r0 = entry.getArgument(firstSize + sizes.size()), r1 = entry.getArgument(firstSize + sizes.size() + 1);
    Value one = arith::ConstantIndexOp::create(b, 1);
    auto loop = scf::ForOp::create(b, r0, r1, one);
    loop.getInductionVar().setLoc(NameLoc::get(b.getStringAttr("r"), kernel.getLoc()));
    func::ReturnOp::create(b);

    SizeCode sizeCode(loop);
    for (auto [i, size] : llvm::enumerate(sizes))
      sizeCode.bind(size, entry.getArgument(firstSize + i));
    Scratch scratch(entry.getArguments().back(), sizeCode, loop);
    Frame frame{b, sizeCode, host, scratch, entry.getArgument(0), entry.getArgument(1)};
    unsigned faults = 0;
    kernel.getBody().walk<WalkOrder::PreOrder>([&](IndexOp op) {
      frame.faultsOf[op] = faults;
      faults += dataChecks(op).size();
    });
    bindOperands(frame, entry);

    b.setInsertionPointToStart(loop.getBody());
    emitRow(frame, indicesOf(frame, loop.getInductionVar()));
    return scratch.bytes();
  }

  void bindOperands(Frame &frame, Block &entry) {
    for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
      Value passed = entry.getArgument(2 + i);
      if (auto type = dyn_cast<RankedTensorType>(argument.getType()))
        frame.places[argument] = frame.placeOf(type, passed);
      else
        frame.scalars[argument] = passed;
    }
    auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
    for (auto [i, result] : llvm::enumerate(yield.getOperands())) {
      if (!frame.places
               .try_emplace(result, frame.placeOf(cast<RankedTensorType>(result.getType()),
                                                  entry.getArgument(2 + kernel.getNumOperands() + i)))
               .second)
        passed = kernel.emitOpError("yields what it was given, or one value twice: a copy is missing");
    }
  }

  /// The row's outer indices: its number split by their bounds, the last one running fastest.
  SmallVector<Value> indicesOf(Frame &frame, Value row) {
    SmallVector<SizeExpr> extents = bounds();
    SmallVector<Value> indices(outer);
    Value rest = row;
    for (unsigned d = outer; d-- > 0;) {
      Value extent = frame.sizes.value(extents[d]);
      indices[d] = d == 0 ? rest : arith::RemUIOp::create(b, rest, extent).getResult();
      if (d > 0)
        rest = arith::DivUIOp::create(b, rest, extent);
    }
    return indices;
  }

  void emitRow(Frame &frame, ArrayRef<Value> indices) {
    ScalarRegion region(frame);
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto index = dyn_cast<IndexOp>(op);
      auto attend = dyn_cast<AttendOp>(op);
      if (!index && !attend) {
        emitBesideIndexOps(frame, region, op, {});
        continue;
      }
      SmallVector<Place> results;
      for (Value result : op.getResults()) {
        auto [place, isNew] = frame.places.try_emplace(result);
        if (isNew)
          place->second = frame.rowPlace(cast<RankedTensorType>(result.getType()), "row", outer);
        results.push_back(place->second);
      }
      b.setLoc(unnamed(op.getLoc()));
      if (index)
        IndexLoops(frame, index).store(indices, results);
      else
        AttendLoops(frame, attend).store(indices, results[0]);
    }
  }

  KernelOp kernel;
  StringRef name;
  bool inPlace;
  HostCalls &host;
  ImplicitLocOpBuilder b;
  SmallVector<std::string> sizes;
  unsigned outer;
  LogicalResult passed = success();
};

} // namespace

FailureOr<RangeFunction> emitRangeFunction(KernelOp kernel, StringRef name, bool inPlace, ModuleOp module,
                                           HostCalls &host) {
  if (failed(verifyKnown(kernel)))
    return failure();
  return Emitter(kernel, name, inPlace, module, host).emit();
}

} // namespace heed
