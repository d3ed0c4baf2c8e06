// One run of an entry: sizes from the inputs' shapes, then op by op.
#include "compiler/interpret/Interpreter.h"
#include "compiler/codegen/Faults.h"

#include "fmt/format.h"
#include "fmt/ranges.h"

using namespace mlir;

namespace heed {

// ---- values and sizes -----------------------------------------------------------------------------------------------

const Array &Interpreter::array(Value value) const {
  auto found = values.find(value);
  assert(found != values.end() && "a value is evaluated before it is used");
  return *found->second;
}

Array &Interpreter::define(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  define(value, Array(isa<FloatType>(type.getElementType()), shape(type)));
  return *values[value];
}

void Interpreter::define(Value value, Array array) { values[value] = std::make_shared<Array>(std::move(array)); }

int64_t Interpreter::size(const SizeExpr &size) const {
  auto lookup = [&](std::string_view name) -> std::optional<int64_t> {
    auto found = sizes.find(std::string(name));
    return found == sizes.end() ? std::nullopt : std::optional(found->second);
  };
  std::optional<int64_t> value = size.evaluate(lookup);
  assert(value && "an entry's sizes are known and small");
  return *value;
}

std::vector<int64_t> Interpreter::shape(RankedTensorType type) const {
  std::vector<int64_t> extents;
  for (const SizeExpr &axis : axesOf(type))
    extents.push_back(size(axis));
  return extents;
}

// ---- ops ------------------------------------------------------------------------------------------------------------

LogicalResult Interpreter::run(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(run(op)))
      return failure();
  return success();
}

static Array arrayOf(DenseElementsAttr elements, std::vector<int64_t> shape) {
  Array array(isa<FloatType>(elements.getElementType()), std::move(shape));
  size_t n = 0;
  if (array.isFloat)
    for (APFloat value : elements.getValues<APFloat>())
      array.cells[n++] = Cell(FloatAttr::getValueAsDouble(value));
  else
    for (APInt value : elements.getValues<APInt>()) {
      bool isSigned = value.getBitWidth() > 8;
      array.cells[n++] = Cell(isSigned ? value.getSExtValue() : int64_t(value.getZExtValue()));
    }
  return array;
}

LogicalResult Interpreter::run(Operation &op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    if (auto elements = dyn_cast<DenseElementsAttr>(constant.getValue())) {
      define(constant.getResult(), arrayOf(elements, shape(cast<RankedTensorType>(constant.getType()))));
      return success();
    }
  if (auto kernel = dyn_cast<KernelOp>(op)) {
    Block &body = kernel.getBody().front();
    for (auto [argument, operand] : llvm::zip(body.getArguments(), kernel->getOperands()))
      alias(argument, operand);
    if (failed(run(body)))
      return failure();
    for (auto [result, value] : llvm::zip(kernel->getResults(), body.getTerminator()->getOperands()))
      alias(result, value);
    return success();
  }
  if (auto computes = dyn_cast<EvaluateInterface>(op))
    return computes.evaluate(*this);
  return op.getNumResults() == 1 ? evaluateScalar(&op) : notYet(&op);
}

LogicalResult Interpreter::fail(Location loc, const Twine &message) {
  std::string place = placeOf(loc);
  if (text.empty())
    text = (place.empty() ? "" : place + ": ") + withLineInside(message.str(), loc);
  return failure();
}

LogicalResult Interpreter::notYet(Operation *op) {
  return fail(op->getLoc(), "`" + op->getName().getStringRef() + "` is not interpreted yet");
}

// ---- entries --------------------------------------------------------------------------------------------------------

static std::string spell(ArrayRef<int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

/// Gives each size its value, by the axes that are linear in it alone.
static LogicalResult bindSizes(Interpreter &in, EntryOp entry, ArrayRef<Array> inputs) {
  unsigned number = 0;
  for (auto [n, type] : llvm::enumerate(entry.getArgumentTypes())) {
    if (!entry.getArgAttr(n, "heed.input"))
      continue;
    const Array &input = inputs[number++];
    SmallVector<SizeExpr> axes = axesOf(cast<RankedTensorType>(type));
    if (axes.size() != input.shape.size())
      continue; // reported with its name below
    for (auto [axis, extent] : llvm::zip(axes, input.shape))
      for (const std::string &size : axis.symbols())
        if (auto linear = axis.linearIn(size); linear && !in.boundSizes().contains(size))
          in.bind(size, (extent - linear->offset) / linear->factor);
  }
  for (StringRef size : entry.getSizes().getAsValueRange<StringAttr>())
    if (!in.boundSizes().contains(size.str()))
      return in.fail(entry.getLoc(), "no input gives the size `" + size + "`");
  return success();
}

static LogicalResult bindArgument(Interpreter &in, EntryOp entry, BlockArgument argument, StringRef name,
                                  const Array *array) {
  if (!array)
    return in.fail(entry.getLoc(), "no value is given for `" + name + "`");
  std::vector<int64_t> expected = in.shape(cast<RankedTensorType>(argument.getType()));
  if (array->shape != expected)
    return in.fail(entry.getLoc(), "`" + name + "` has shape " + spell(array->shape) + ", expected " + spell(expected));
  in.define(argument, *array);
  return success();
}

static LogicalResult bindArguments(Interpreter &in, EntryOp entry, ArrayRef<Array> inputs,
                                   const std::map<std::string, Array> &parameters) {
  unsigned number = 0;
  for (BlockArgument argument : entry.getBody().getArguments()) {
    unsigned n = argument.getArgNumber();
    if (auto input = entry.getArgAttrOfType<StringAttr>(n, "heed.input")) {
      if (failed(bindArgument(in, entry, argument, input.getValue(), &inputs[number++])))
        return failure();
    } else if (auto param = entry.getArgAttrOfType<FlatSymbolRefAttr>(n, "heed.param")) {
      auto found = parameters.find(param.getValue().str());
      if (failed(bindArgument(in, entry, argument, param.getValue(),
                              found == parameters.end() ? nullptr : &found->second)))
        return failure();
    } else {
      return in.fail(entry.getLoc(), "states are not interpreted yet");
    }
  }
  return success();
}

FailureOr<std::vector<Array>> interpret(EntryOp entry, ArrayRef<Array> inputs,
                                        const std::map<std::string, Array> &parameters, uint64_t seed,
                                        std::string &error, int64_t *operations) {
  Interpreter in(seed);
  auto execute = [&]() -> LogicalResult {
    unsigned expected = 0;
    for (unsigned n = 0; n != entry.getNumArguments(); ++n)
      expected += bool(entry.getArgAttr(n, "heed.input"));
    if (expected != inputs.size())
      return in.fail(entry.getLoc(), Twine(inputs.size()) + " inputs are given, expected " + Twine(expected));
    return failure(failed(bindSizes(in, entry, inputs)) || failed(bindArguments(in, entry, inputs, parameters)) ||
                   failed(in.run(entry.getBody().front())));
  };
  if (failed(execute())) {
    error = in.error();
    return failure();
  }
  if (operations)
    *operations = in.operations;
  std::vector<Array> results;
  for (Value result : entry.getBody().front().getTerminator()->getOperands())
    results.push_back(in.array(result));
  return results;
}

} // namespace heed
