// The files of one program and what each of them can name. In: the main file, and where the standard library lies. Out:
// every file that takes part, parsed, with its own declarations and those that it imports; or diagnostics.
//
// `std` is one namespace: all of stdlib/*.heed, each of which sees it whole. `use std.models.gpt.GPT2` reads
// stdlib/models/gpt.heed, and `use name.X` the file beside. Names that begin with `_` stay in their file.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/diagnostics/Diagnostics.h"
#include "lang/source/Source.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

struct Package {
  struct File;
  /// A declaration and the file that it stands in.
  struct Symbol {
    const File *file = nullptr;
    const ast::Declaration *declaration = nullptr;
  };
  using Names = std::map<std::string, Symbol, std::less<>>;

  struct File {
    FileId id = 0;
    ast::File tree;
    bool library = false;                                               // from the folder of the standard library
    bool whole = false;                                                 // nothing was wrong with its grammar
    std::map<std::string, const ast::Declaration *, std::less<>> names; // declared here
    /// Own, imported, and in the library's files all of std. What could not be imported has no declaration: that was
    /// reported.
    Names visible;
  };

  const Sources *sources = nullptr;
  std::vector<std::unique_ptr<File>> files;
  const File *main = nullptr;
  Names standard; // what `std.name` reaches

  const Symbol *find(const File &from, std::string_view name) const {
    auto found = from.visible.find(name);
    return found == from.visible.end() ? nullptr : &found->second;
  }
  const Symbol *findStd(std::string_view name) const {
    auto found = standard.find(name);
    return found == standard.end() ? nullptr : &found->second;
  }
};

/// What a declaration is called; empty for `use`.
const ast::Name *nameOf(const ast::Declaration &);

/// Reads and parses the main file and everything that it uses. `stdlib` is the folder of the standard library.
Package load(Sources &, FileId main, const std::string &stdlib, Diagnostics &);
Package load(Sources &, const std::string &path, const std::string &stdlib, Diagnostics &);

} // namespace heed
