// The C header of an object: its one function, and for each entry what goes in and what comes out.
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Manifest.h"

#include <fmt/format.h>

using namespace mlir;

namespace heed {

/// "tokens: i32[B, T]"
static std::string describeTensor(DictionaryAttr tensor) {
  std::string axes, element;
  for (auto axis : tensor.getAs<ArrayAttr>("axes").getAsRange<DictionaryAttr>())
    axes += (axes.empty() ? "" : ", ") + axis.getAs<StringAttr>("text").str();
  llvm::raw_string_ostream(element) << tensor.getAs<TypeAttr>("element").getValue();
  return fmt::format("{}: {}[{}]", tensor.getAs<StringAttr>("name").str(), element == "i1" ? "bool" : element, axes);
}

static std::string describeTensors(ArrayAttr tensors) {
  std::string all;
  for (auto tensor : tensors.getAsRange<DictionaryAttr>())
    all += (all.empty() ? "" : ", ") + describeTensor(tensor);
  return all;
}

std::string emitHeader(ModuleOp module, const CodegenOptions &options) {
  auto manifest = module->getAttrOfType<DictionaryAttr>(manifestName);
  std::string name = exportedName(module, options), guard = "HEED_MODEL_" + llvm::StringRef(name).upper();
  std::string entries;
  for (auto entry : manifest.getAs<ArrayAttr>("entries").getAsRange<DictionaryAttr>())
    entries += fmt::format(" *   {}({}) -> ({})\n", entry.getAs<StringAttr>("name").str(),
                           describeTensors(entry.getAs<ArrayAttr>("inputs")),
                           describeTensors(entry.getAs<ArrayAttr>("outputs")));
  return fmt::format(R"(#ifndef {0}
#define {0}

#include "heed.h"

#ifdef __cplusplus
extern "C" {{
#endif

/* The model {1}. Its entries:
{2} */
const heed_model *heed_{3}(void);

#ifdef __cplusplus
}}
#endif
#endif
)",
                     guard, manifest.getAs<StringAttr>("name").str(), entries, name);
}

} // namespace heed
