// Bodies: their ops in order. In: ops of the checked program. Out: ops of the heed dialect; values by tensor in the
// context.
#include "compiler/irgen/Statement.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

/// Numbers that are exact to f64 until here are rounded once, to the element type.
static Value emitTable(Context &context, OpBuilder &b, const checked::Op &op) {
  const Tensor &table = *op.results[0];
  RankedTensorType type = context.tensorType(table);
  SmallVector<Attribute> elements;
  for (double number : op.numbers)
    if (isa<FloatType>(type.getElementType()))
      elements.push_back(b.getFloatAttr(type.getElementType(), number));
    else
      elements.push_back(b.getIntegerAttr(type.getElementType(), int64_t(number)));
  return arith::ConstantOp::create(b, context.locate(table), DenseElementsAttr::get(type, elements));
}

/// The region of one kind of layer. Values that are made within it are not known outside.
static Block *emitLayer(Context &context, const checked::Op &op, const checked::Op::Layer &layer) {
  auto *body = new Block;
  Location loc = context.locate(op.range);
  auto outerValues = context.values;
  Value turn = body->addArgument(IntegerType::get(context.mlir, 64), context.locate(op.range, "turn"));
  auto argument = [&](const Tensor *t) {
    context.values[t] = body->addArgument(context.tensorType(*t), context.locate(*t));
  };
  llvm::for_each(layer.body->arguments, argument);
  for (const checked::Op::Stack &stack : layer.stacks)
    argument(stack.layer);
  OpBuilder inner = context.endOf(body);
  Value outer = context.turn;
  if (outer) { // turns of nested loops count as one
    Value turns = arith::ConstantOp::create(inner, loc, inner.getI64IntegerAttr(op.schedule.size()));
    turn = arith::AddIOp::create(inner, loc, arith::MulIOp::create(inner, loc, outer, turns), turn);
  }
  context.turn = turn;
  emitBody(context, inner, *layer.body, {});
  auto valueWithin = [&](const Tensor *t) { return valueOf(context, inner, t); };
  YieldOp::create(inner, loc, llvm::map_to_vector(layer.body->results, valueWithin));
  context.turn = outer;
  context.values = std::move(outerValues);
  return body;
}

static void emitRepeat(Context &context, OpBuilder &b, const checked::Op &op) {
  auto value = [&](const Tensor *t) { return valueOf(context, b, t); };
  auto carries = llvm::map_to_vector(op.carries, value);
  SmallVector<Value> stacks;
  SmallVector<int32_t> kinds;
  SmallVector<Attribute> rows;
  bool anyRows = false;
  for (auto [kind, layer] : llvm::enumerate(op.layers))
    for (const checked::Op::Stack &stack : layer.stacks) {
      stacks.push_back(value(stack.source));
      kinds.push_back(kind);
      rows.push_back(b.getDenseI64ArrayAttr(stack.rows));
      anyRows |= !stack.rows.empty();
    }
  SmallVector<Type> types;
  for (const Tensor *result : op.results)
    types.push_back(context.tensorType(*result));
  Location loc = context.locate(op.range);
  Location named = op.results.empty() ? loc : context.locate(op.range, op.results[0]->name);
  auto repeat = RepeatOp::create(b, named, types, carries, stacks, kinds, anyRows ? b.getArrayAttr(rows) : ArrayAttr(),
                                 op.schedule, PlaceAttr(), ArrayAttr(), op.layers.size());
  for (auto [region, layer] : llvm::zip(repeat.getBodies(), op.layers))
    region.push_back(emitLayer(context, op, layer));
  for (auto [tensor, result] : llvm::zip(op.results, repeat.getResults()))
    context.values[tensor] = result;
}

static void emitBranch(Context &context, OpBuilder &b, const checked::Op &op) {
  SmallVector<Type> types;
  for (const Tensor *result : op.results)
    types.push_back(context.tensorType(*result));
  auto size = op.atLeastZero ? SizeAttr::get(b.getContext(), *op.atLeastZero) : SizeAttr();
  Value condition = size ? Value() : valueOf(context, b, op.condition);
  auto branch = BranchOp::create(b, context.locate(op.range), types, condition, size, PlaceAttr(), ArrayAttr());
  for (auto [region, layer] : llvm::zip(branch->getRegions(), op.layers)) {
    auto outerValues = context.values; // what a branch makes is not known outside
    OpBuilder inner = context.endOf(&region.emplaceBlock());
    emitBody(context, inner, *layer.body, {});
    auto valueWithin = [&](const Tensor *t) { return valueOf(context, inner, t); };
    YieldOp::create(inner, branch.getLoc(), llvm::map_to_vector(layer.body->results, valueWithin));
    context.values = std::move(outerValues);
  }
  for (auto [tensor, result] : llvm::zip(op.results, branch.getResults()))
    context.values[tensor] = result;
}

static void emitOp(Context &context, OpBuilder &b, const checked::Op &op, const Around &around) {
  llvm::SaveAndRestore statement(context.op, &op);
  const Tensor *result = op.results.empty() ? nullptr : op.results[0];
  switch (op.kind) {
  case checked::Op::Kind::Define: {
    Statement statement(context, b, around, IndexVars(op.indices.begin(), op.indices.end()));
    context.values[result] =
        statement.define(op.element, context.elementType(result->element), context.locate(*result));
    return;
  }
  case checked::Op::Kind::Table:
    context.values[result] = emitTable(context, b, op);
    return;
  case checked::Op::Kind::Reshape:
    context.values[result] =
        ReshapeOp::create(b, context.locate(*result), context.tensorType(*result), valueOf(context, b, op.source));
    return;
  case checked::Op::Kind::Sort: {
    auto sort =
        SortOp::create(b, context.locate(*result), context.tensorType(*result), context.tensorType(*op.results[1]),
                       valueOf(context, b, op.source), SizeAttr::get(b.getContext(), op.count), op.descending);
    context.values[result] = sort.getValues(), context.values[op.results[1]] = sort.getPositions();
    return;
  }
  case checked::Op::Kind::Repeat:
    emitRepeat(context, b, op);
    return;
  case checked::Op::Kind::Branch:
    emitBranch(context, b, op);
    return;
  case checked::Op::Kind::Require: {
    auto size = op.atLeastZero ? SizeAttr::get(b.getContext(), *op.atLeastZero) : SizeAttr();
    CheckOp::create(b, context.locate(op.range), size ? Value() : valueOf(context, b, op.condition), size, op.message);
    return;
  }
  case checked::Op::Kind::Scan:
  case checked::Op::Kind::Route:
  case checked::Op::Kind::Next:
    break; // `refuseNotYet` has refused the program
  }
  llvm_unreachable("a kind of op that comes here");
}

void emitBody(Context &context, OpBuilder &b, const Body &body, const Around &around) {
  for (const auto &op : body.ops)
    emitOp(context, b, *op, around);
}

Value valueOf(Context &context, OpBuilder &b, const Tensor *tensor) {
  if (!context.values.contains(tensor)) {
    assert(tensor->definition && "an argument or a parameter is bound before it is read");
    emitOp(context, b, *tensor->definition, {});
  }
  return context.values.lookup(tensor);
}

} // namespace heed::irgen
