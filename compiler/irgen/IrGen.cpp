// The model, its parameters and its entries.
#include "compiler/irgen/IrGen.h"
#include "compiler/dialect/Variants.h"
#include "compiler/irgen/Statement.h"

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

/// The parameters that an entry reads, in the program's order.
class Used {
public:
  explicit Used(const Entry &entry) {
    body(entry.body);
    for (const Result &result : entry.results)
      tensor(result.tensor);
  }
  bool contains(const Parameter *p) const { return parameters.contains(p); }

private:
  void tensor(const Tensor *t) {
    if (t && t->parameter)
      parameters.insert(t->parameter);
  }
  void expr(const Expr *e) {
    if (!e || !seen.insert(e).second)
      return;
    tensor(e->tensor);
    llvm::for_each(e->operands, [&](const Expr *operand) { expr(operand); });
    llvm::for_each(e->guards, [&](const Expr *guard) { expr(guard); });
    for (const Expr *part : {e->where, e->body, e->value})
      expr(part);
    if (e->weights)
      body(*e->weights->body);
  }
  void body(const Body &b) {
    for (const auto &op : b.ops) {
      expr(op->element);
      tensor(op->source);
      tensor(op->condition);
      llvm::for_each(op->carries, [&](const Tensor *t) { tensor(t); });
      for (const checked::Op::Layer &layer : op->layers) {
        llvm::for_each(layer.stacks, [&](const checked::Op::Stack &stack) { tensor(stack.source); });
        body(*layer.body);
      }
    }
    llvm::for_each(b.results, [&](const Tensor *t) { tensor(t); });
  }
  llvm::SmallPtrSet<const Parameter *, 16> parameters;
  llvm::SmallPtrSet<const Expr *, 32> seen;
};

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
    arguments.push_back(input);
  }
  Used used(entry);
  for (const auto &parameter : program.parameters)
    if (used.contains(parameter.get())) {
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
