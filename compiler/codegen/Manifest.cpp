// In: the model's parameters and entries, and what became of the entries. Out: a dictionary whose fields are those of
// heed_model.
#include "compiler/codegen/Manifest.h"

#include "compiler/codegen/SizeCode.h"
#include "compiler/dialect/Variants.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <map>

using namespace mlir;

namespace heed {
namespace {

using Fields = SmallVector<NamedAttribute>;

/// The sizes of one entry as functions, equal ones once.
class Formulas {
public:
  Formulas(EntryOp entry, ModuleOp module) : entry(entry), module(module) {}

  FlatSymbolRefAttr of(const SizeExpr &size) {
    FlatSymbolRefAttr &known = names[size];
    if (!known)
      known = FlatSymbolRefAttr::get(emit(size));
    return known;
  }

private:
  StringAttr emit(const SizeExpr &size) {
    ImplicitLocOpBuilder b(entry.getLoc(), entry.getContext());
    b.setInsertionPointToEnd(module.getBody());
    std::string name = (entry.getSymName() + ".size." + Twine(names.size() - 1)).str();
    auto function =
        func::FuncOp::create(b, name, b.getFunctionType(LLVM::LLVMPointerType::get(b.getContext()), b.getI64Type()));
    function.setPrivate();
    b.setInsertionPointToStart(function.addEntryBlock());
    Operation *end = func::ReturnOp::create(b, arith::ConstantIntOp::create(b, 0, 64).getResult());
    b.setInsertionPoint(end);
    SizeCode code(end);
    std::vector<std::string> used = size.symbols();
    for (auto [i, symbol] : llvm::enumerate(entry.getSizes().getAsValueRange<StringAttr>()))
      if (llvm::is_contained(used, symbol)) {
        Value word = HostCalls::wordAt(b, function.getArgument(0), i);
        code.bind(symbol, arith::IndexCastOp::create(b, b.getIndexType(), word));
      }
    Value value = code.value(size);
    end->setOperand(0, arith::IndexCastOp::create(b, b.getI64Type(), value));
    return function.getSymNameAttr();
  }

  EntryOp entry;
  ModuleOp module;
  std::map<SizeExpr, FlatSymbolRefAttr> names;
};

class Maker {
public:
  Maker(ModelOp model, ModuleOp module) : model(model), module(module), b(model.getContext()) {}

  DictionaryAttr make(ArrayRef<HostFunction> functions) {
    WeightsLayout layout = weightsLayout(model);
    SmallVector<Attribute> parameters, entries;
    for (auto param : model.getOps<ParamOp>())
      parameters.push_back(parameter(param, layout.offsets.lookup(param.getSymName())));
    Fields fields{
        field("name", model.getSymNameAttr()),           field("digest", model.getDigestAttr()),
        field("precision", model.getPrecisionAttr()),    field("ignored", model.getIgnored()),
        field("parameters", b.getArrayAttr(parameters)), field("weights_bytes", b.getI64IntegerAttr(layout.bytes))};
    for (auto [op, function] : llvm::zip(model.getOps<EntryOp>(), functions)) {
      if (op.getInitialise())
        fields.push_back(field("initialise", entry(op, function)));
      else
        entries.push_back(entry(op, function));
    }
    fields.push_back(field("entries", b.getArrayAttr(entries)));
    return b.getDictionaryAttr(fields);
  }

private:
  NamedAttribute field(StringRef name, Attribute value) { return b.getNamedAttr(name, value); }

  Attribute parameter(ParamOp param, int64_t offset) {
    Fields fields{field("path", param.getSymNameAttr()), field("type", param.getTypeAttr()),
                  field("offset", b.getI64IntegerAttr(offset)), field("parts", param.getParts())};
    if (param.getLayoutAttr())
      fields.push_back(field("layout", param.getLayoutAttr()));
    if (param.getStacked())
      fields.push_back(field("stacked", b.getUnitAttr()));
    return b.getDictionaryAttr(fields);
  }

  Attribute entry(EntryOp op, const HostFunction &function) {
    Formulas formulas(op, module);
    SmallVector<StringRef> unbound(op.getSizes().getAsValueRange<StringAttr>());
    SmallVector<Attribute> inputs, outputs, faults;
    for (auto [i, argument] : llvm::enumerate(op.getArguments()))
      if (auto name = op.getArgAttrOfType<StringAttr>(i, "heed.input"))
        inputs.push_back(tensor(op, formulas, name, argument.getType(), op.getArgAttr(i, "heed.fill"), &unbound));
    for (auto [i, type] : llvm::enumerate(op.getResultTypes())) {
      auto name = op.getResultAttrOfType<StringAttr>(i, "heed.result");
      outputs.push_back(tensor(op, formulas, name ? name : op.getSymNameAttr(), type, {}, nullptr));
    }
    for (const Fault &fault : function.faults)
      faults.push_back(b.getStrArrayAttr({fault.message, fault.place}));
    Fields fields{field("name", b.getStringAttr(calledName(op.getSymName()))),
                  field("sizes", op.getSizes()),
                  field("inputs", b.getArrayAttr(inputs)),
                  field("outputs", b.getArrayAttr(outputs)),
                  field("arena", formulas.of(op.getArenaBytes() ? op.getArenaBytes()->getExpr() : SizeExpr(0))),
                  field("scratch", formulas.of(function.scratch)),
                  field("faults", b.getArrayAttr(faults)),
                  field("run", FlatSymbolRefAttr::get(function.function))};
    if (op.getStream())
      fields.push_back(field("stream", op.getStreamAttr()));
    return b.getDictionaryAttr(fields);
  }

  /// `unbound` (for inputs): sizes that no axis has given a value yet; the first axis that is linear in one alone binds
  /// it.
  Attribute tensor(EntryOp op, Formulas &formulas, StringAttr name, Type type, Attribute fill,
                   SmallVector<StringRef> *unbound) {
    SmallVector<Attribute> axes;
    for (const SizeExpr &size : axesOf(cast<RankedTensorType>(type))) {
      Fields fields{field("text", b.getStringAttr(size.str())), field("value", formulas.of(size))};
      auto binds =
          unbound ? llvm::find_if(*unbound, [&](StringRef s) { return bool(size.linearIn(s.str())); }) : nullptr;
      if (unbound && binds != unbound->end()) {
        SizeExpr::Linear linear = *size.linearIn(binds->str());
        fields.append({field("binds", b.getStringAttr(*binds)), field("factor", b.getI64IntegerAttr(linear.factor)),
                       field("offset", b.getI64IntegerAttr(linear.offset))});
        unbound->erase(binds);
      }
      axes.push_back(b.getDictionaryAttr(fields));
    }
    Fields fields{field("name", name), field("element", TypeAttr::get(cast<RankedTensorType>(type).getElementType())),
                  field("axes", b.getArrayAttr(axes))};
    if (fill)
      fields.push_back(field("fill", fill));
    return b.getDictionaryAttr(fields);
  }

  ModelOp model;
  ModuleOp module;
  Builder b;
};

} // namespace

DictionaryAttr makeManifest(ModelOp model, ModuleOp module, ArrayRef<HostFunction> entries) {
  return Maker(model, module).make(entries);
}

} // namespace heed
