// The model, its parameters and its entries.
#include "compiler/irgen/IrGen.h"
#include "compiler/dialect/Variants.h"
#include "compiler/irgen/Statement.h"
#include "lang/check/Reads.h"

using namespace mlir;
using namespace heed::checked;

namespace heed {
namespace irgen {

// ---- parameters -----------------------------------------------------------------------------------------------------

static void emitParameter(Context &context, OpBuilder &b, const Parameter &parameter) {
  SmallVector<Attribute> parts;
  for (const Part &part : parameter.parts) {
    auto copies = llvm::map_to_vector(part.copies, [&](const std::string &name) { return b.getStringAttr(name); });
    parts.push_back(PartAttr::get(b.getContext(), b.getStringAttr(part.stored), part.transposed, part.layer, part.begin,
                                  part.extent, copies));
  }
  ParamOp::create(b, context.locate(parameter.range), parameter.path, context.tensorType(*parameter.tensor),
                  parameter.stacked, b.getArrayAttr(parts), /*layout=*/nullptr);
}

// ---- entries --------------------------------------------------------------------------------------------------------

namespace {
/// The signature of an entry, and the attributes that say what each argument and result is.
struct Signature {
  SmallVector<Type> inputs, outputs;
  SmallVector<Attribute> inputAttrs, outputAttrs;
  SmallVector<Location> places;

  void input(Context &context, const Tensor &t, ArrayRef<NamedAttribute> attributes) {
    inputs.push_back(context.tensorType(t));
    inputAttrs.push_back(DictionaryAttr::get(context.mlir, attributes));
    places.push_back(context.locate(t));
  }
  /// What stands for the last input where it is missing.
  void fill(Builder &b, double number) {
    auto all = cast<DictionaryAttr>(inputAttrs.back()).getValue();
    SmallVector<NamedAttribute> attributes(all);
    attributes.push_back(b.getNamedAttr("heed.fill", b.getF64FloatAttr(number)));
    inputAttrs.back() = b.getDictionaryAttr(attributes);
  }
  void output(Context &context, const Tensor &t, StringRef name) {
    Builder b(context.mlir);
    outputs.push_back(context.tensorType(t));
    outputAttrs.push_back(b.getDictionaryAttr(b.getNamedAttr("heed.result", b.getStringAttr(name))));
  }
  EntryOp entry(OpBuilder &b, Location loc, StringRef name, ArrayRef<std::string> sizes, StringAttr stream,
                SizeAttr prefix, bool initialise) {
    auto names = llvm::map_to_vector(sizes, [&](StringRef size) -> Attribute { return b.getStringAttr(size); });
    auto op = EntryOp::create(b, loc, name, b.getFunctionType(inputs, outputs), b.getArrayAttr(names), stream, prefix,
                              initialise, SizeAttr(), b.getArrayAttr(inputAttrs), b.getArrayAttr(outputAttrs));
    op.getBody().push_back(new Block);
    op.getBody().addArguments(inputs, places);
    return op;
  }
};
} // namespace

static void emitEntry(Context &context, OpBuilder &b, const Program &program, const Entry &entry) {
  Signature signature;
  SmallVector<const Tensor *> arguments;
  for (const Tensor *input : entry.inputs) {
    signature.input(context, *input, b.getNamedAttr("heed.input", b.getStringAttr(input->name)));
    if (auto fill = entry.fills.find(input->name); fill != entry.fills.end())
      signature.fill(b, fill->second);
    arguments.push_back(input);
  }
  ParameterSet used;
  addParametersRead(entry.body, used);
  for (const auto &parameter : program.parameters)
    if (used.count(parameter.get())) {
      auto path = FlatSymbolRefAttr::get(b.getContext(), parameter->path);
      signature.input(context, *parameter->tensor, b.getNamedAttr("heed.param", path));
      arguments.push_back(parameter->tensor);
    }
  for (const Result &result : entry.results)
    signature.output(context, *result.tensor, result.name);

  StringAttr stream = entry.stream ? b.getStringAttr(*entry.stream) : StringAttr();
  SizeAttr prefix = entry.prefix ? SizeAttr::get(b.getContext(), *entry.prefix) : SizeAttr();
  EntryOp op = signature.entry(b, context.locate(entry.range), variantSymbol(entry.name, entry.without), entry.sizes,
                               stream, prefix, false);
  context.values.clear();
  context.stream = entry.stream;
  for (auto [tensor, argument] : llvm::zip(arguments, op.getBody().getArguments()))
    context.values[tensor] = argument;
  OpBuilder inner = context.endOf(&op.getBody().front());
  emitBody(context, inner, entry.body, {});
  auto results = llvm::map_to_vector(entry.results, [&](const Result &r) { return valueOf(context, inner, r.tensor); });
  ReturnOp::create(inner, op.getLoc(), results);
}

/// The entry that gives every parameter its initial value.
static void emitInitialise(Context &context, OpBuilder &b, const Program &program) {
  Signature signature;
  for (const auto &parameter : program.parameters)
    signature.output(context, *parameter->tensor, parameter->path);
  EntryOp op = signature.entry(b, b.getUnknownLoc(), "initialise", {}, StringAttr(), SizeAttr(), true);
  context.values.clear();
  context.stream.reset();
  OpBuilder inner = context.endOf(&op.getBody().front());
  SmallVector<Value> values;
  for (const auto &parameter : program.parameters) {
    IndexVars indices(parameter->indices.begin(), parameter->indices.end());
    IndexVar layer{"layer", 1, parameter->range};
    Around around;
    if (parameter->stacked) {
      layer.bound = parameter->tensor->axes[0];
      around.layer = &layer;
      indices.insert(indices.begin(), &layer);
    }
    Statement statement(context, inner, around, indices);
    values.push_back(statement.define(parameter->initial, context.elementType(parameter->tensor->element),
                                      context.locate(*parameter->tensor)));
  }
  ReturnOp::create(inner, op.getLoc(), values);
}

} // namespace irgen

OwningOpRef<ModuleOp> generate(const Program &program, const Sources &sources, MLIRContext &mlir,
                               const IrGenOptions &options) {
  mlir.loadDialect<HeedDialect, arith::ArithDialect, math::MathDialect>();
  OpBuilder b(&mlir);
  FloatType working = options.precision == "f64"    ? FloatType(b.getF64Type())
                      : options.precision == "bf16" ? FloatType(b.getBF16Type())
                                                    : FloatType(b.getF32Type());
  irgen::Context context(&mlir, sources, working);

  OwningOpRef<ModuleOp> module = ModuleOp::create(b.getUnknownLoc());
  b.setInsertionPointToEnd(module->getBody());
  auto ignored =
      llvm::map_to_vector(program.ignored, [&](StringRef name) -> Attribute { return b.getStringAttr(name); });
  auto model =
      ModelOp::create(b, b.getUnknownLoc(), program.model, program.digest, options.precision, b.getArrayAttr(ignored));
  b.createBlock(&model.getBody());
  for (const auto &parameter : program.parameters)
    irgen::emitParameter(context, b, *parameter);
  for (const auto &entry : program.entries)
    irgen::emitEntry(context, b, program, *entry);
  if (!program.parameters.empty())
    irgen::emitInitialise(context, b, program);
  return module;
}

} // namespace heed
