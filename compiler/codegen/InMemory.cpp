// Object files become callable code in this process, through LLVM's ORC. What they call (libm) is looked up in the
// process.
#include "compiler/codegen/Codegen.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

namespace heed {

struct LoadedModel::Code {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

LoadedModel::LoadedModel() = default;
LoadedModel::LoadedModel(LoadedModel &&) = default;
LoadedModel &LoadedModel::operator=(LoadedModel &&) = default;
LoadedModel::~LoadedModel() = default;

llvm::Expected<LoadedModel> LoadedModel::fromObjects(llvm::ArrayRef<std::string> objects) {
  llvm::InitializeNativeTarget();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  for (auto [number, object] : llvm::enumerate(objects)) // each needs a name of its own
    if (llvm::Error error =
            (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "model." + std::to_string(number))))
      return error;
  auto model = (*jit)->lookup("heed_model_v1");
  if (!model)
    return model.takeError();
  LoadedModel loaded;
  loaded.model = model->toPtr<const heed_model *()>()();
  loaded.code = std::make_unique<Code>(Code{std::move(*jit)});
  return loaded;
}

} // namespace heed
