// The frame of every range function: its arguments, where its tensors lie, its thunk. What stands between is a
// skeleton's.
#include "compiler/codegen/RangeFunction.h"

#include "compiler/codegen/Faults.h"
#include "compiler/codegen/Thunk.h"

#include "mlir/IR/AttrTypeSubElements.h"

#include <set>

using namespace mlir;

namespace heed {

/// The names of all sizes within the kernel, sorted: what its function takes.
static SmallVector<std::string> sizesWithin(KernelOp kernel) {
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

/// What has no loops yet is refused at its line.
LogicalResult verifyKnown(KernelOp kernel) {
  WalkResult known = kernel.getBody().walk([](Operation *op) -> WalkResult {
    bool scalar = isa<arith::ArithDialect, math::MathDialect>(op->getDialect());
    bool sorts = isa<SortOp>(op) && isa<KernelOp, AttendOp>(op->getParentOp());
    if (scalar || sorts || isa<IndexOp, AttendOp, AtOp, SizeOp, DrawOp, StopOp, RoundOp, YieldOp>(op))
      return WalkResult::advance();
    return op->emitError() << "`" << op->getName() << "` is not compiled to loops yet";
  });
  return failure(known.wasInterrupted());
}

class Emitter {
public:
  Emitter(KernelOp kernel, StringRef name, bool inPlace, Skeleton &skeleton, ModuleOp module, HostCalls &host)
      : kernel(kernel), name(name), inPlace(inPlace), skeleton(skeleton), host(host),
        b(unnamed(kernel.getLoc()), kernel.getContext()), work(skeleton.work()), sizes(sizesWithin(kernel)) {
    b.setInsertionPointToEnd(module.getBody());
  }

  FailureOr<RangeFunction> emit() {
    func::FuncOp function = declare();
    OpBuilder::InsertionGuard guard(b);
    FailureOr<SizeExpr> scratch = fill(function);
    if (failed(scratch) || failed(passed))
      return failure();
    b.setInsertionPointAfter(function);
    Thunk thunk = emitThunk(b, function);
    return RangeFunction{thunk.function, thunk.args, sizes, work, *scratch};
  }

private:
  /// name(%call, %fault, operands…, results…, sizes…, %r0, %r1, %p0, %p1, %scratch)
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
    for (StringRef end : {"r0", "r1", "p0", "p1"})
      addNamed(end, index);
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

  /// The function's body; gives the bytes of scratch memory that it needs. Sizes and scratch memory stand at its head,
  /// before an op that is there for their sake only.
  FailureOr<SizeExpr> fill(func::FuncOp function) {
    Block &entry = function.getBody().front();
    unsigned operands = kernel.getNumOperands(), results = kernel.getNumResults(), firstSize = 2 + operands + results;
    auto argument = [&](unsigned i) { return entry.getArgument(firstSize + sizes.size() + i); };
    Operation *head = arith::ConstantIndexOp::create(b, 0);
    SizeCode sizeCode(head);
    for (auto [i, size] : llvm::enumerate(sizes))
      sizeCode.bind(size, entry.getArgument(firstSize + i));
    Scratch scratch(entry.getArguments().back(), sizeCode, head);
    Frame frame{b, sizeCode, host, scratch, entry.getArgument(0), entry.getArgument(1)};
    unsigned faults = 0;
    kernel.getBody().walk<WalkOrder::PreOrder>([&](IndexOp op) {
      frame.faultsOf[op] = faults;
      faults += dataChecks(op).size();
    });
    bindOperands(frame, entry);
    LogicalResult emitted = skeleton.emit(frame, {argument(0), argument(1), argument(2), argument(3)});
    func::ReturnOp::create(b);
    head->erase();
    if (failed(emitted))
      return failure();
    return scratch.bytes();
  }

  void bindOperands(Frame &frame, Block &entry) {
    for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
      Value passed = entry.getArgument(2 + i);
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (!type) {
        frame.scalars[argument] = passed;
        continue;
      }
      Place place = frame.placeOf(type, passed);
      place.layout = kernel.getLayout(i);
      frame.places[argument] = place;
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

  KernelOp kernel;
  StringRef name;
  bool inPlace;
  Skeleton &skeleton;
  HostCalls &host;
  ImplicitLocOpBuilder b;
  Work work;
  SmallVector<std::string> sizes;
  LogicalResult passed = success();
};

} // namespace

FailureOr<RangeFunction> emitRangeFunction(KernelOp kernel, StringRef name, bool inPlace, Skeleton &skeleton,
                                           ModuleOp module, HostCalls &host) {
  if (failed(verifyKnown(kernel)))
    return failure();
  return Emitter(kernel, name, inPlace, skeleton, module, host).emit();
}

} // namespace heed
