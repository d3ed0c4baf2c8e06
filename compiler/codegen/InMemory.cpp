// An object file becomes callable code in this process, through LLVM's ORC. What it calls (libm) is looked up in the
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

llvm::Expected<LoadedModel> LoadedModel::fromObject(llvm::StringRef object) {
  llvm::InitializeNativeTarget();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "model")))
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
