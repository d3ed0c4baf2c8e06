#include "compiler/tools/heed/Interpret.h"

#include "compiler/dialect/Variants.h"
#include "compiler/interpret/Interpreter.h"
#include "runtime/device/EntrySizes.h"
#include "runtime/load/Layout.h"

namespace heed::tools {

using namespace runtime;

namespace {

ElementType cellsOf(bool floats) { return floats ? ElementType::F64 : ElementType::I64; }

Array arrayOf(int32_t type, const Shape &shape, const void *data) {
  ElementType element = ElementType(type);
  Array array(isFloat(element), shape);
  convert(element, static_cast<const std::byte *>(data), cellsOf(array.isFloat),
          reinterpret_cast<std::byte *>(array.cells.data()), int64_t(array.cells.size()));
  return array;
}

/// Rounds results to their type, as compiled code does where it stores them.
Result<void> store(const heed_tensor &result, const Array &array, void *data) {
  int64_t count = int64_t(array.cells.size());
  int64_t fits = convert(cellsOf(array.isFloat), reinterpret_cast<const std::byte *>(array.cells.data()),
                         ElementType(result.type), static_cast<std::byte *>(data), count);
  if (fits != count)
    return failure("{} of {} does not fit its type", array.cells[size_t(fits)].integer, ticked(result.name));
  return {};
}

std::map<std::string, Array> parametersOf(const heed_model &model, const void *weights) {
  std::map<std::string, Array> parameters;
  for (const heed_parameter &p : std::span(model.parameters, size_t(model.parameter_count))) {
    Shape shape(p.shape, p.shape + p.rank);
    std::vector<std::byte> dense(bytesOf(ElementType(p.type), shape).value());
    unpack(p, static_cast<const std::byte *>(weights) + p.offset, dense.data());
    parameters.emplace(p.path, arrayOf(p.type, shape, dense.data()));
  }
  return parameters;
}

EntryOp entryNamed(mlir::ModuleOp module, llvm::StringRef name) {
  EntryOp found;
  module.walk([&](EntryOp entry) {
    if (calledName(entry.getSymName()) == name)
      found = entry;
  });
  return found;
}

mlir::Value zeros(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type) {
  llvm::SmallVector<mlir::Attribute> names, bounds;
  for (auto [axis, size] : llvm::enumerate(axesOf(type))) {
    names.push_back(b.getStringAttr("i" + llvm::Twine(axis)));
    bounds.push_back(SizeAttr::get(b.getContext(), size));
  }
  auto op = IndexOp::create(b, loc, type, /*sources=*/mlir::ValueRange(), Reduction::none, b.getArrayAttr(names),
                            b.getArrayAttr(bounds), type.getRank(), /*symbols=*/b.getArrayAttr({}),
                            /*accesses=*/b.getArrayAttr({}), /*where=*/nullptr,
                            FormAttr::get(b.getContext(), Form::pointwise));
  mlir::OpBuilder::InsertionGuard guard(b);
  b.createBlock(&op.getBody());
  auto zero = mlir::arith::ConstantOp::create(b, loc, b.getZeroAttr(scalarOf(type.getElementType())));
  YieldOp::create(b, loc, mlir::ValueRange(zero));
  return op.getResult(0);
}

} // namespace

void leaveToInterpreter(EntryOp entry) {
  if (entry.getInitialise())
    return;
  mlir::Operation *terminator = entry.getBody().front().getTerminator();
  mlir::OpBuilder b(terminator);
  for (mlir::OpOperand &result : terminator->getOpOperands())
    result.set(zeros(b, entry.getLoc(), llvm::cast<mlir::RankedTensorType>(result.get().getType())));
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(entry.getBody().front())))
    if (op.use_empty() && &op != terminator)
      op.erase();
}

Result<void> interpretCall(mlir::ModuleOp module, const heed_model &model, const CpuCall &call) {
  const heed_entry &entry = call.entry;
  std::vector<Array> inputs;
  for (int32_t i = 0; i != entry.input_count; ++i)
    inputs.push_back(arrayOf(entry.inputs[i].type, shapeOf(entry.inputs[i], call.sizes), call.inputs[size_t(i)]));
  std::string error;
  mlir::FailureOr<std::vector<Array>> results =
      interpret(entryNamed(module, entry.name), inputs, parametersOf(model, call.weights), call.seed, error);
  if (mlir::failed(results))
    return Error{error};
  for (int32_t i = 0; i != entry.output_count; ++i)
    if (Result<void> stored = store(entry.outputs[i], (*results)[size_t(i)], call.outputs[size_t(i)]); !stored)
      return stored;
  return {};
}

} // namespace heed::tools
