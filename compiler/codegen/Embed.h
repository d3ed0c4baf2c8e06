// Files as sections of an object file.
#pragma once

#include "compiler/codegen/Codegen.h"

#include "llvm/Support/raw_ostream.h"

namespace heed {

/// Writes an ELF object at `path` whose sections hold the files, each at a multiple of the page size. The sections are
/// not loaded with the program, yet kept by linkers and by `strip`. Files of any size: they are copied piece by piece.
llvm::Error writeSections(llvm::ArrayRef<EmbeddedFile>, llvm::StringRef path);

/// Closes the file, and gives what went wrong since it was opened. A stream whose error nobody takes ends the process.
llvm::Error close(llvm::raw_fd_ostream &, llvm::StringRef path);

} // namespace heed
