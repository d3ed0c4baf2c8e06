// In: the manifest, an attribute. Out: constants laid out as the structs of runtime/abi/heed.h, field by field in their
// order.
#include "compiler/codegen/Describe.h"

#include "compiler/dialect/HeedDialect.h"

#include "llvm/IR/IRBuilder.h"

using namespace mlir;
using llvm::Constant;

namespace heed {

heed_type abiTypeOf(Type element) {
  if (element.isF64())
    return HEED_F64;
  if (element.isF32())
    return HEED_F32;
  if (element.isF16())
    return HEED_F16;
  if (element.isBF16())
    return HEED_BF16;
  switch (element.getIntOrFloatBitWidth()) {
  case 64:
    return HEED_I64;
  case 32:
    return HEED_I32;
  case 8:
    return HEED_U8;
  default:
    return HEED_BOOL;
  }
}

namespace {

class Describer {
public:
  Describer(DictionaryAttr manifest, const DescribeOptions &options, llvm::Module &module)
      : manifest(manifest), options(options), module(module), context(module.getContext()) {}

  void describe() {
    Constant *model = global(this->model(), "model");
    exportAs("heed_" + options.name, model);
    if (options.onlyModel)
      exportAs("heed_model_v1", model);
  }

private:
  // ---- constants ----

  Constant *i32(int64_t value) { return llvm::ConstantInt::getSigned(llvm::Type::getInt32Ty(context), value); }
  Constant *i64(int64_t value) { return llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context), value); }
  Constant *null() { return llvm::ConstantPointerNull::get(llvm::PointerType::get(context, 0)); }
  Constant *record(ArrayRef<Constant *> fields) { return llvm::ConstantStruct::getAnon(context, fields); }

  Constant *global(Constant *value, const llvm::Twine &name) {
    auto *made = new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::PrivateLinkage, value, name);
    made->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return made;
  }
  Constant *text(StringRef value) {
    Constant *&known = texts[value];
    return known ? known : known = global(llvm::ConstantDataArray::getString(context, value), "text");
  }
  Constant *text(DictionaryAttr of, StringRef field) { return text(of.getAs<StringAttr>(field).getValue()); }

  /// A pointer to the elements; null where there are none.
  Constant *array(ArrayRef<Constant *> elements) {
    if (elements.empty())
      return null();
    auto *type = llvm::ArrayType::get(elements.front()->getType(), elements.size());
    return global(llvm::ConstantArray::get(type, elements), "array");
  }
  Constant *names(ArrayAttr values, bool endsWithNull = false) {
    SmallVector<Constant *> elements;
    for (auto value : values.getAsValueRange<StringAttr>())
      elements.push_back(text(value));
    if (endsWithNull)
      elements.push_back(null());
    return array(elements);
  }
  Constant *function(DictionaryAttr of, StringRef field) {
    return module.getFunction(of.getAs<FlatSymbolRefAttr>(field).getValue());
  }
  static int64_t number(DictionaryAttr of, StringRef field, int64_t otherwise = 0) {
    auto value = of.getAs<IntegerAttr>(field);
    return value ? value.getInt() : otherwise;
  }
  static int64_t positionOf(ArrayAttr names, StringAttr name) {
    auto found = name ? llvm::find(names, name) : names.end();
    return found == names.end() ? -1 : found - names.begin();
  }

  // ---- the structs of heed.h ----

  Constant *axis(DictionaryAttr axis, ArrayAttr sizes) {
    return record({text(axis, "text"), function(axis, "value"), i32(positionOf(sizes, axis.getAs<StringAttr>("binds"))),
                   i64(number(axis, "factor", 1)), i64(number(axis, "offset"))});
  }

  Constant *tensor(DictionaryAttr tensor, ArrayAttr sizes) {
    SmallVector<Constant *> axes;
    for (auto attr : tensor.getAs<ArrayAttr>("axes").getAsRange<DictionaryAttr>())
      axes.push_back(axis(attr, sizes));
    Attribute fill = tensor.get("fill");
    double value = 0;
    if (auto number = dyn_cast_or_null<FloatAttr>(fill))
      value = number.getValueAsDouble();
    else if (auto number = dyn_cast_or_null<IntegerAttr>(fill))
      value = number.getType().isInteger(1) ? number.getValue().getBoolValue() : double(number.getInt());
    return record({text(tensor, "name"), i32(abiTypeOf(tensor.getAs<TypeAttr>("element").getValue())), i32(axes.size()),
                   array(axes), i32(fill ? 1 : 0), llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), value)});
  }
  Constant *tensors(ArrayAttr list, ArrayAttr sizes) {
    SmallVector<Constant *> elements;
    for (auto attr : list.getAsRange<DictionaryAttr>())
      elements.push_back(tensor(attr, sizes));
    return array(elements);
  }

  Constant *part(PartAttr part) {
    SmallVector<Attribute> copies(part.getCopies().begin(), part.getCopies().end());
    return record({text(part.getStored()), i32(part.getTransposed()), i64(part.getLayer()), i64(part.getBegin()),
                   i64(part.getExtent()), names(ArrayAttr::get(manifest.getContext(), copies), /*endsWithNull=*/true)});
  }

  Constant *parameter(DictionaryAttr parameter) {
    auto type = cast<RankedTensorType>(parameter.getAs<TypeAttr>("type").getValue());
    SmallVector<Constant *> shape, parts, digits;
    for (int64_t extent : type.getShape())
      shape.push_back(i64(extent));
    for (auto attr : parameter.getAs<ArrayAttr>("parts").getAsRange<PartAttr>())
      parts.push_back(part(attr));
    if (auto layout = parameter.getAs<LayoutAttr>("layout"))
      for (const Digit &digit : layout.getDigits())
        digits.push_back(record({i32(digit.axis), i64(digit.divisor), i64(digit.extent)}));
    return record({text(parameter, "path"), i32(abiTypeOf(type.getElementType())), i32(type.getRank()), array(shape),
                   i32(parameter.contains("stacked")), i64(number(parameter, "offset")), i32(parts.size()),
                   array(parts), i32(digits.size()), array(digits)});
  }

  Constant *entry(DictionaryAttr entry) {
    auto sizes = entry.getAs<ArrayAttr>("sizes"), inputs = entry.getAs<ArrayAttr>("inputs"),
         outputs = entry.getAs<ArrayAttr>("outputs");
    SmallVector<Constant *> faults;
    for (auto fault : entry.getAs<ArrayAttr>("faults").getAsRange<ArrayAttr>())
      faults.push_back(
          record({text(cast<StringAttr>(fault[0]).getValue()), text(cast<StringAttr>(fault[1]).getValue())}));
    return record({text(entry, "name"), i32(sizes.size()), names(sizes),
                   i32(positionOf(sizes, entry.getAs<StringAttr>("stream"))), i32(inputs.size()),
                   tensors(inputs, sizes), i32(outputs.size()), tensors(outputs, sizes), function(entry, "arena"),
                   function(entry, "scratch"), i32(faults.size()), array(faults), function(entry, "run")});
  }

  Constant *model() {
    SmallVector<Constant *> parameters, entries;
    for (auto attr : manifest.getAs<ArrayAttr>("parameters").getAsRange<DictionaryAttr>())
      parameters.push_back(parameter(attr));
    for (auto attr : manifest.getAs<ArrayAttr>("entries").getAsRange<DictionaryAttr>())
      entries.push_back(entry(attr));
    auto initialise = manifest.getAs<DictionaryAttr>("initialise");
    auto ignored = manifest.getAs<ArrayAttr>("ignored");
    return record({i32(HEED_ABI_VERSION), text(manifest, "name"), text(manifest, "digest"), text(manifest, "precision"),
                   text(options.cpu), text(options.features), i32(parameters.size()), array(parameters),
                   i64(number(manifest, "weights_bytes")), i32(ignored.size()), names(ignored), i32(entries.size()),
                   array(entries), initialise ? global(entry(initialise), "initialise") : null()});
  }

  void exportAs(const llvm::Twine &name, Constant *model) {
    auto *type = llvm::FunctionType::get(llvm::PointerType::get(context, 0), false);
    auto *made = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
    llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "", made));
    b.CreateRet(model);
  }

  DictionaryAttr manifest;
  const DescribeOptions &options;
  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::StringMap<Constant *> texts;
};

} // namespace

void describe(DictionaryAttr manifest, const DescribeOptions &options, llvm::Module &module) {
  Describer(manifest, options, module).describe();
}

} // namespace heed
