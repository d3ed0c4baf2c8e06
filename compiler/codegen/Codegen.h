// From loops to machine code, and from machine code to something that runs. Every function gives its errors by value.
#pragma once

#include "runtime/abi/heed.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace heed {

/// All dialects that modules from stage `loops` on hold, and how they become LLVM's.
void registerCodegenDialects(mlir::DialectRegistry &);
/// Loops to the llvm dialect alone: stage `llvm`.
void buildLowering(mlir::OpPassManager &);

// ---- machine code ----

/// Whether this compiler is itself under AddressSanitizer; then so are the models that it runs and the programs it
/// makes.
#if __has_feature(address_sanitizer)
constexpr bool underAddressSanitizer = true;
#else
constexpr bool underAddressSanitizer = false;
#endif

struct CodegenOptions {
  std::string cpu = "native"; // or a name that LLVM knows: "x86-64-v3"
  std::string name;           // the exported function is heed_NAME; empty: the model's name in lower case
  bool onlyModel = true;      // also export heed_model_v1; not where several models are linked into one program
  unsigned threads = 0;       // that compile, for the same bytes; 0: one a core
  bool instrumented = underAddressSanitizer; // checks every load and store; objects only
};

/// A model, which is at stage `llvm`, as object files that belong together: some kernels each, the host functions and
/// the description in the first.
llvm::Expected<std::vector<std::string>> emitObjects(mlir::ModuleOp, const CodegenOptions &);
/// The same code as one text.
enum class CodeText { Llvm, Assembly };
llvm::Expected<std::string> emitText(mlir::ModuleOp, CodeText, const CodegenOptions &);
/// The name of the exported function without `heed_`. Like the header's, its module may be at stage `loops` or `llvm`.
std::string exportedName(mlir::ModuleOp, const CodegenOptions &);
/// A C header that declares heed_NAME and says how to call its entries.
std::string emitHeader(mlir::ModuleOp, const CodegenOptions &);

// ---- running in this process ----

/// A model in memory, ready to be called for as long as this lives.
class LoadedModel {
public:
  static llvm::Expected<LoadedModel> fromObjects(llvm::ArrayRef<std::string>);
  LoadedModel(LoadedModel &&);
  LoadedModel &operator=(LoadedModel &&);
  ~LoadedModel();

  const heed_model &operator*() const { return *model; }
  const heed_model *operator->() const { return model; }

private:
  struct Code;
  LoadedModel();
  std::unique_ptr<Code> code;
  const heed_model *model = nullptr;
};

// ---- files ----

/// A file that an executable carries as a section which is not loaded, but found by name in the executable itself.
struct EmbeddedFile {
  std::string section; // ".heed.weights"
  std::string path;
};

struct LinkOptions {
  std::string output;
  std::string folder;    // for what lies on the way there; who made it takes it away
  std::string libraries; // the folder of libheed_runtime.a
  std::vector<EmbeddedFile> embedded;
  bool shared = false;                    // a shared library of the model alone, without the runtime
  bool patterns = false, unicode = false; // with PCRE2, with ICU, for the vocabulary that is carried
};

/// Links a model's objects into a program or a shared library that needs libc and libm only.
llvm::Error link(llvm::ArrayRef<std::string> objects, const LinkOptions &);
/// A model's objects as one, which may be linked with other models: it shows what it exports, and nothing else. Files
/// on the way there lie in `folder`.
llvm::Expected<std::string> merge(llvm::ArrayRef<std::string> objects, const std::string &folder);

} // namespace heed
