// Where a compilation may stop (Emit.def).
#pragma once

#include <optional>
#include <string>

namespace heed {
struct CodegenOptions;
}

namespace heed::tools {

class Compilation;

enum class Emit {
#define HEED_EMIT(name, flag, summary) name,
#include "compiler/tools/heed/Emit.def"
};

struct EmitWords {
  Emit stage;
  const char *flag, *summary;
};
inline constexpr EmitWords emitWords[] = {
#define HEED_EMIT(name, flag, summary) {Emit::name, flag, summary},
#include "compiler/tools/heed/Emit.def"
};

/// What stands at a stage: text, or the bytes of an object file. None after an error, which has been told.
std::optional<std::string> emitted(Compilation &, Emit, const CodegenOptions &);

} // namespace heed::tools
