// Object files become callable code in this process, through LLVM's ORC. What they call (libm) is looked up in the
// process.
#include "compiler/codegen/Codegen.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"

namespace heed {

struct LoadedModel::Code {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

LoadedModel::LoadedModel() = default;
LoadedModel::LoadedModel(LoadedModel &&) = default;
LoadedModel &LoadedModel::operator=(LoadedModel &&) = default;
LoadedModel::~LoadedModel() = default;

/// All objects in one piece of memory, for one calls another by a distance of 32 bits. With memory of its own for each,
/// they may lie anywhere.
static llvm::orc::LLJITBuilder builderFor(llvm::ArrayRef<std::string> objects) {
  uint64_t bytes = 1 << 20;
  for (const std::string &object : objects)
    bytes += 2 * object.size(); // sections begin at pages
  llvm::orc::LLJITBuilder builder;
  builder.setObjectLinkingLayerCreator(
      [bytes](llvm::orc::ExecutionSession &session) -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
        auto memory = llvm::orc::MapperJITLinkMemoryManager::CreateWithMapper<llvm::orc::InProcessMemoryMapper>(
            llvm::alignTo(bytes, 1 << 20));
        if (!memory)
          return memory.takeError();
        return std::make_unique<llvm::orc::ObjectLinkingLayer>(session, std::move(*memory));
      });
  return builder;
}

llvm::Expected<LoadedModel> LoadedModel::fromObjects(llvm::ArrayRef<std::string> objects) {
  llvm::InitializeNativeTarget();
  auto jit = builderFor(objects).create();
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
