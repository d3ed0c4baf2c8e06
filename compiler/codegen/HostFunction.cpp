// The host function of an entry: loads the caller's buffers, evaluates sizes and places, then goes through the entry op
// by op. A kernel is a struct of arguments on the stack and a call of the host's parallel_for, a check is a comparison,
// `branch` one as well, `repeat` is a loop over turns. After a fault the remaining kernels are not launched.
#include "compiler/codegen/HostFunction.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/Faults.h"
#include "compiler/codegen/Frame.h"
#include "compiler/codegen/Thunk.h"
#include "compiler/kernels/Strips.h"

using namespace mlir;

namespace heed {

/// Bytes of a tensor that is stored so; null: dense.
static SizeExpr bytesOf(RankedTensorType type, LayoutAttr layout) {
  SizeExpr bytes = bufferOf(type.getElementType()).getElementTypeBitWidth() / 8;
  if (layout)
    return bytes * layout.getStoredCount();
  for (const SizeExpr &axis : axesOf(type))
    bytes = bytes * axis;
  return bytes;
}

WeightsLayout weightsLayout(ModelOp model) {
  WeightsLayout layout;
  for (auto param : model.getOps<ParamOp>()) {
    layout.offsets[param.getSymName()] = layout.bytes;
    layout.bytes +=
        *SizeExpr::alignedUp(bytesOf(cast<RankedTensorType>(param.getType()), param.getLayoutAttr()), 64).constant();
  }
  return layout;
}

namespace {

class Emitter {
public:
  Emitter(EntryOp entry, const RangeFunctions &kernels, ModuleOp module, HostCalls &host)
      : entry(entry), kernels(kernels), module(module), host(host), b(unnamed(entry.getLoc()), entry.getContext()) {
    b.setInsertionPointToEnd(module.getBody());
  }

  HostFunction emit() {
    result.function =
        func::FuncOp::create(b, (entry.getSymName() + ".run").str(), b.getFunctionType(pointer(), b.getI32Type()));
    result.function.setPrivate();
    Block *body = result.function.addEntryBlock();
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(body);
    call = body->getArgument(0);
    call.setLoc(named("call"));
    SizeCode sizeCode = loadSizes();
    sizes = &sizeCode;
    bindArguments();
    emitBlock(entry.getBody().front(), {arena, {}});
    Value failed = HostCalls::field(b, call, CallField::Failed);
    Value zero = arith::ConstantIntOp::create(b, 0, 32);
    Value any = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, failed, zero);
    func::ReturnOp::create(b, arith::ExtUIOp::create(b, b.getI32Type(), any).getResult());
    return std::move(result);
  }

private:
  /// Where places of the region at hand are relative to.
  struct Region {
    Value arena;             // base of its arena
    SmallVector<Value> next; // within a repeat: where the next value of each carry goes
  };

  Type pointer() { return LLVM::LLVMPointerType::get(b.getContext()); }
  Location named(StringRef name) { return NameLoc::get(b.getStringAttr(name), entry.getLoc()); }

  // ---- the head ----

  /// Sizes, and the arrays of buffers. The arena's load ends the head: size arithmetic goes before it.
  SizeCode loadSizes() {
    Value array = HostCalls::field(b, call, CallField::Sizes);
    SmallVector<std::pair<StringRef, Value>> bound;
    for (auto [i, name] : llvm::enumerate(entry.getSizes().getAsValueRange<StringAttr>())) {
      b.setLoc(named(name));
      Value size = HostCalls::wordAt(b, array, i);
      bound.push_back({name, arith::IndexCastOp::create(b, b.getIndexType(), size)});
    }
    b.setLoc(named("arena"));
    arena = HostCalls::field(b, call, CallField::Arena);
    SizeCode code(arena.getDefiningOp());
    for (auto [name, value] : bound)
      code.bind(name, value);
    b.setLoc(entry.getLoc());
    return code;
  }

  void bindArguments() {
    WeightsLayout layout = weightsLayout(entry->getParentOfType<ModelOp>());
    Value inputs = HostCalls::field(b, call, CallField::Inputs),
          weights = HostCalls::field(b, call, CallField::Weights);
    unsigned input = 0;
    for (auto [i, argument] : llvm::enumerate(entry.getArguments())) {
      if (auto param = entry.getArgAttrOfType<FlatSymbolRefAttr>(i, "heed.param")) {
        b.setLoc(named(param.getValue()));
        buffers[argument] = HostCalls::advance(b, weights, sizes->constant(layout.offsets.lookup(param.getValue())));
      } else {
        b.setLoc(argument.getLoc());
        buffers[argument] = HostCalls::pointerAt(b, inputs, input++);
      }
    }
    b.setLoc(entry.getLoc());
    outputs = HostCalls::field(b, call, CallField::Outputs);
  }

  Value at(PlaceAttr place, const Region &region) {
    switch (place.getKind()) {
    case PlaceKind::output:
      return HostCalls::pointerAt(b, outputs, place.getIndex());
    case PlaceKind::next:
      return region.next[place.getIndex()];
    case PlaceKind::arena:
    case PlaceKind::inner:
      return HostCalls::advance(b, region.arena, sizes->value(place.getOffset().getExpr()));
    }
    llvm_unreachable("a place");
  }

  // ---- op by op ----

  void emitBlock(Block &block, const Region &region) {
    for (Operation &op : block.without_terminator()) {
      b.setLoc(unnamed(op.getLoc()));
      TypeSwitch<Operation *>(&op)
          .Case([&](KernelOp op) { emitKernel(op, region); })
          .Case([&](RepeatOp op) { emitRepeat(op, region); })
          .Case([&](BranchOp op) { emitBranch(op, region); })
          .Case([&](CheckOp op) { emitCheck(op); })
          .Case([&](ReshapeOp op) {
            Value same = buffers.at(op.getSource()); // by value: the map may grow
            buffers[op] = same;
          })
          .Case([&](arith::ConstantOp op) { emitConstant(op); })
          .Default([](Operation *) { llvm_unreachable("the wall of `kernels` lets nothing else pass"); });
    }
  }

  void emitConstant(arith::ConstantOp op) {
    auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!elements) {
      scalars[op] = b.clone(*op)->getResult(0);
      return;
    }
    auto type = MemRefType::get({elements.getNumElements()}, storedType(elements.getElementType()));
    Value global = memref::GetGlobalOp::create(b, type, globalOf(module, elements));
    Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, global);
    Value word = arith::IndexCastOp::create(b, b.getI64Type(), address);
    buffers[op] = LLVM::IntToPtrOp::create(b, pointer(), word);
  }

  void emitKernel(KernelOp kernel, const Region &region) {
    std::optional<Strip> strip = stripOf(kernel);
    if (strip && kernel == strip->reader) // emitted with the kernel before it
      return;
    bindResults(kernel, region);
    if (!strip)
      return launch(kernel, sizes->constant(0), sizes->value(kernels.at(kernel)->work.rows));
    bindResults(strip->reader, region);
    emitStrip(*strip);
  }

  void bindResults(KernelOp kernel, const Region &region) {
    for (auto [value, place] : llvm::zip(kernel.getResults(), kernel.getPlaces()->getAsRange<PlaceAttr>()))
      buffers[value] = at(place, region);
  }

  /// `count` rows from `first` on.
  void launch(KernelOp kernel, Value first, Value count) {
    const RangeFunction &range = *kernels.at(kernel);
    auto args = cast<LLVM::LLVMStructType>(range.args);
    SmallVector<Value> fields{call, arith::ConstantIntOp::create(b, addFaults(kernel), 32)};
    for (Value operand : kernel->getOperands())
      fields.push_back(isa<RankedTensorType>(operand.getType()) ? buffers.at(operand) : scalars.at(operand));
    for (Value value : kernel.getResults())
      fields.push_back(buffers.at(value));
    for (const std::string &size : range.sizes)
      fields.push_back(arith::IndexCastOp::create(b, b.getI64Type(), sizes->value(SizeExpr::symbol(size))));
    fields.push_back(arith::IndexCastOp::create(b, b.getI64Type(), first));

    Value memory = stackFor(args);
    for (auto [i, field] : llvm::enumerate(fields)) {
      Value address = LLVM::GEPOp::create(b, pointer(), args, memory, ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
      LLVM::StoreOp::create(b, field, address);
    }
    host.launch(b, call, range.thunk, memory, count, sizes->value(range.work.panels), range.work.grain);
    result.scratch = SizeExpr::max(result.scratch, range.scratch);
  }

  /// for strip { so many rows of the one kernel; what the other makes of them }. Both count rows as if all were there,
  /// so what is held of them is told to begin before its memory.
  void emitStrip(Strip strip) {
    SizeExpr rows = 1;
    for (const SizeExpr &bound : strip.made)
      rows = rows * bound;
    Value all = sizes->value(rows), step = sizes->constant(strip.rows);
    const Work &work = kernels.at(strip.maker)->work;
    assert(strip.rows % work.rowsATile == 0 && "a tile would be cut");
    Value tiles = sizes->value(work.rows), tilesAStep = sizes->constant(strip.rows / work.rowsATile);
    SmallVector<Value> memory;
    for (unsigned result : strip.held)
      memory.push_back(buffers.at(strip.maker.getResult(result)));
    Value count = sizes->value(SizeExpr::ceilDiv(rows, strip.rows));
    loop(b, "strip", sizes->constant(0), count, {}, [&](Value number, ValueRange) {
      Value begin = arith::MulIOp::create(b, number, step);
      Value end = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, step), all);
      for (auto [result, base] : llvm::zip(strip.held, memory)) {
        Value value = strip.maker.getResult(result);
        Value before = arith::MulIOp::create(b, begin, sizes->value(bytesBehind(value, strip.made.size())));
        buffers[value] = HostCalls::advance(b, base, arith::SubIOp::create(b, sizes->constant(0), before));
      }
      Value first = arith::MulIOp::create(b, number, tilesAStep);
      Value left = arith::SubIOp::create(b, tiles, first);
      launch(strip.maker, first, arith::MinSIOp::create(b, left, tilesAStep));
      Value from = rowsBefore(strip, begin), to = rowsBefore(strip, end);
      launch(strip.reader, from, arith::SubIOp::create(b, to, from));
      return SmallVector<Value>();
    });
  }

  /// Bytes of one choice of a tensor's first indices.
  static SizeExpr bytesBehind(Value value, unsigned indices) {
    auto type = cast<RankedTensorType>(value.getType());
    return bytesOf(tensorOf(ArrayRef(axesOf(type)).drop_front(indices), type.getElementType()), {});
  }

  /// How many rows of the reader read rows before this one: it may leave out some at the end of each axis.
  Value rowsBefore(const Strip &strip, Value row) {
    Value rows = row;
    if (strip.made != strip.read) {
      Value rest = row, over = arith::ConstantIntOp::create(b, 0, 1);
      rows = sizes->constant(0);
      for (unsigned i = 0; i != strip.made.size(); ++i) {
        SizeExpr behind = 1;
        for (const SizeExpr &bound : ArrayRef(strip.made).drop_front(i + 1))
          behind = behind * bound;
        Value stride = sizes->value(behind), bound = sizes->value(strip.read[i]);
        Value index = arith::DivSIOp::create(b, rest, stride);
        rest = arith::RemSIOp::create(b, rest, stride);
        Value read = arith::MinSIOp::create(b, index, bound);
        read = arith::SelectOp::create(b, over, sizes->constant(0), read);
        rows = arith::AddIOp::create(b, arith::MulIOp::create(b, rows, bound), read);
        Value beyond = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, index, bound);
        over = arith::OrIOp::create(b, over, beyond);
      }
    }
    return strip.each == SizeExpr(1) ? rows : arith::MulIOp::create(b, rows, sizes->value(strip.each)).getResult();
  }

  /// Stack memory is taken once, in the head, however often a loop comes by.
  Value stackFor(Type args) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&result.function.getBody().front());
    return LLVM::AllocaOp::create(b, pointer(), args, arith::ConstantIntOp::create(b, 1, 32));
  }

  int64_t addFaults(KernelOp kernel) {
    int64_t first = result.faults.size();
    for (DataCheck &check : dataChecks(kernel))
      result.faults.push_back({withLineInside(messageOf(check), check.op.getLoc()), placeOf(check.op.getLoc())});
    return first;
  }

  void emitCheck(CheckOp check) {
    Value number = arith::ConstantIntOp::create(b, result.faults.size(), 32);
    result.faults.push_back({withLineInside(check.getMessage().str(), check.getLoc()), placeOf(check.getLoc())});
    auto [value, broken] = brokenBy(check.getSize(), check.getValue());
    when(b, broken, {}, [&] {
      host.fail(b, call, number, value);
      return SmallVector<Value>();
    });
  }

  /// What is wrong, and whether: a size below zero, or a scalar that is false.
  std::pair<Value, Value> brokenBy(std::optional<SizeAttr> size, Value scalar) {
    Value zero = arith::ConstantIntOp::create(b, 0, 64);
    if (size) {
      Value value = arith::IndexCastOp::create(b, b.getI64Type(), sizes->value(size->getExpr()));
      return {value, arith::CmpIOp::create(b, arith::CmpIPredicate::slt, value, zero)};
    }
    Value byte = LLVM::LoadOp::create(b, b.getI8Type(), buffers.at(scalar));
    Value none = arith::ConstantIntOp::create(b, 0, 8);
    return {zero, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, byte, none)};
  }

  // ---- branch, repeat ----

  /// Either region writes to the same buffers.
  void emitBranch(BranchOp branch, const Region &region) {
    Value otherwise = brokenBy(branch.getSize(), branch.getValue()).second;
    Value taken = arith::XOrIOp::create(b, otherwise, arith::ConstantIntOp::create(b, 1, 1));
    Region within{at(*branch.getInner(), region), {}};
    for (auto [result, place] : llvm::zip(branch.getResults(), branch.getPlaces()->getAsRange<PlaceAttr>()))
      within.next.push_back(buffers[result] = at(place, region));
    for (auto [condition, body] : {std::pair(taken, &branch.getThen()), std::pair(otherwise, &branch.getOtherwise())})
      when(b, condition, {}, [&, body = body] {
        emitBlock(body->front(), within);
        return SmallVector<Value>();
      });
  }

  /// for turn { switch schedule[turn] { body of the kind } }. Carried: where each carry lies, its two buffers, the next
  /// one first, and how many turns each kind has had.
  void emitRepeat(RepeatOp repeat, const Region &region) {
    ArrayRef<int32_t> schedule = repeat.getSchedule();
    unsigned carries = repeat.getCarries().size(), kinds = repeat.getBodies().size();
    SmallVector<Value> start;
    for (Value carry : repeat.getCarries())
      start.push_back(buffers.at(carry));
    SmallVector<Value> pairs[2];
    for (auto [i, place] : llvm::enumerate(repeat.getPlaces()->getAsRange<PlaceAttr>()))
      pairs[i % 2].push_back(at(place, region));
    llvm::append_range(start, pairs[0]);
    llvm::append_range(start, pairs[1]);
    if (kinds > 1)
      start.append(kinds, sizes->constant(0));
    Value inner = at(*repeat.getInner(), region);

    Value turns = sizes->constant(schedule.size());
    auto end = loop(b, "turn", sizes->constant(0), turns, start, [&](Value turn, ValueRange now) {
      Region within{inner, SmallVector<Value>(now.slice(carries, carries))};
      if (kinds == 1) {
        emitTurn(repeat, 0, turn, turn, now, within);
        return rotated(now, carries, {});
      }
      Value kind = numberAt(SmallVector<int64_t>(schedule), turn);
      SmallVector<Value> counts = emitKinds(repeat, kind, turn, now, within);
      return rotated(now, carries, counts);
    });
    for (auto [i, result] : llvm::enumerate(repeat.getResults()))
      buffers[result] = end[i];
  }

  /// What a turn has written is what the next one reads; the other buffer is written next.
  static SmallVector<Value> rotated(ValueRange now, unsigned carries, ArrayRef<Value> counts) {
    SmallVector<Value> next(now.slice(carries, carries));
    llvm::append_range(next, now.slice(2 * carries, carries));
    llvm::append_range(next, now.slice(carries, carries));
    llvm::append_range(next, counts);
    return next;
  }

  /// One case per kind; gives the new counts.
  SmallVector<Value> emitKinds(RepeatOp repeat, Value kind, Value turn, ValueRange now, const Region &within) {
    unsigned kinds = repeat.getBodies().size();
    ValueRange counts = now.take_back(kinds);
    SmallVector<Value> next;
    for (unsigned k = 0; k != kinds; ++k) {
      Value mine = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, kind, sizes->constant(k));
      auto body = [&]() -> SmallVector<Value> {
        emitTurn(repeat, k, turn, counts[k], now, within);
        return {arith::AddIOp::create(b, counts[k], sizes->constant(1))};
      };
      next.push_back(when(b, mine, counts[k], body)[0]);
    }
    return next;
  }

  void emitTurn(RepeatOp repeat, unsigned kind, Value turn, Value turnOfKind, ValueRange now, const Region &within) {
    Block &body = repeat.getBodies()[kind].front();
    unsigned carries = repeat.getCarries().size(), argument = 1 + carries;
    scalars[body.getArgument(0)] = arith::IndexCastOp::create(b, b.getI64Type(), turn);
    for (unsigned i = 0; i != carries; ++i)
      buffers[body.getArgument(1 + i)] = now[i];
    for (auto [n, stack, of] : llvm::enumerate(repeat.getStacks(), repeat.getStackKinds())) {
      if (of != int32_t(kind))
        continue;
      ArrayRef<int64_t> rows = repeat.getRowsOf(n);
      Value row = rows.empty() ? turnOfKind : numberAt(rows, turnOfKind);
      Value bytes = sizes->value(bytesOfRow(stack));
      buffers[body.getArgument(argument++)] =
          HostCalls::advance(b, buffers.at(stack), arith::MulIOp::create(b, row, bytes));
    }
    emitBlock(body, within);
  }

  /// Bytes from one row of a stack to the next.
  static SizeExpr bytesOfRow(Value stack) {
    auto type = cast<RankedTensorType>(stack.getType());
    LayoutAttr layout = layoutOf(stack);
    auto row = tensorOf(ArrayRef(axesOf(type)).drop_front(), type.getElementType());
    return bytesOf(row, layout ? layout.slice(1) : layout);
  }

  /// An element of a list that is known when compiling.
  Value numberAt(ArrayRef<int64_t> list, Value at) {
    if (llvm::all_equal(list))
      return sizes->constant(list.front());
    Value number = memref::LoadOp::create(b, tableOf(SmallVector<int32_t>(list)), at);
    return arith::IndexCastOp::create(b, b.getIndexType(), number);
  }

  Value tableOf(ArrayRef<int32_t> numbers) {
    auto type = RankedTensorType::get({int64_t(numbers.size())}, b.getI32Type());
    auto elements = DenseElementsAttr::get(type, numbers);
    return memref::GetGlobalOp::create(b, MemRefType::get(type.getShape(), type.getElementType()),
                                       globalOf(module, elements));
  }

  EntryOp entry;
  const RangeFunctions &kernels;
  ModuleOp module;
  HostCalls &host;
  ImplicitLocOpBuilder b;
  SizeCode *sizes = nullptr;
  Value call, arena, outputs;
  llvm::DenseMap<Value, Value> buffers; // tensors: pointers
  llvm::DenseMap<Value, Value> scalars;
  HostFunction result;
};

} // namespace

HostFunction emitHostFunction(EntryOp entry, const RangeFunctions &kernels, ModuleOp module, HostCalls &host) {
  return Emitter(entry, kernels, module, host).emit();
}

} // namespace heed
