// Finds, reads and parses the files of a program, and links what they import.
#include "lang/check/Package.h"

#include "lang/check/Builtins.h"
#include "lang/parse/Parser.h"

#include <algorithm>
#include <filesystem>

namespace heed {

namespace fs = std::filesystem;
using ast::Declaration;

const ast::Name *nameOf(const Declaration &d) {
  switch (d.kind) {
  case Declaration::Kind::Use:
    return nullptr;
  case Declaration::Kind::Block:
    return &d.block->name;
  case Declaration::Kind::Function:
    return d.function->name ? &*d.function->name : nullptr;
  default:
    return &d.name;
  }
}

namespace {
bool isPrivate(std::string_view name) { return name.starts_with('_'); }

class Loader {
public:
  Loader(Sources &sources, const std::string &stdlib, Diagnostics &diagnostics)
      : sources(sources), stdlib(stdlib), diagnostics(diagnostics) {}

  Package load(FileId main);

private:
  using File = Package::File;

  void loadLibrary();
  File *take(FileId, const fs::path &);
  File *read(const fs::path &, Range use);
  void follow(File &);
  void reportCycle(const File &to, Range use);
  void declare(File &);
  void gatherStandard();
  void link(File &);
  void import(File &, const ast::Use &, const ast::Name &);
  void reportUnknown(File &, const ast::Use &, const ast::Name &, const Package::Names &from);
  static std::vector<std::string> filesBeside(const fs::path &);
  static std::string spell(const ast::Use &);
  static fs::path key(const fs::path &path) {
    std::error_code error;
    fs::path whole = fs::weakly_canonical(path, error);
    return error ? path : whole;
  }
  bool inStandard(const fs::path &path) const { return key(path).parent_path() == key(stdlib); }
  bool inLibrary(const fs::path &path) const {
    fs::path relative = key(path).lexically_relative(key(stdlib));
    return !relative.empty() && *relative.begin() != "..";
  }

  Sources &sources;
  const fs::path stdlib;
  Diagnostics &diagnostics;
  Package package;
  std::map<fs::path, File *> byPath;
  std::map<const File *, fs::path> pathOf;
  std::map<const ast::Use *, const File *> targets; // none for std
  std::vector<const File *> following;              // a file that uses the next one, which uses the next
};

Package Loader::load(FileId main) {
  File *file = take(main, sources.name(main));
  package.main = file;
  package.sources = &sources;
  loadLibrary();
  follow(*file);
  gatherStandard();
  for (auto &each : package.files)
    link(*each);
  return std::move(package);
}

/// All files of the standard library, in the order of their names.
void Loader::loadLibrary() {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(stdlib, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".heed")
      paths.push_back(entry->path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path &path : paths)
    if (!byPath.count(key(path)))
      read(path, {package.main->id, 0, 0});
}

Package::File *Loader::take(FileId id, const fs::path &path) {
  File *file = package.files.emplace_back(std::make_unique<File>()).get();
  file->id = id;
  file->library = inLibrary(path);
  size_t before = diagnostics.count();
  file->tree = parse(sources, id, diagnostics);
  file->whole = diagnostics.count() == before;
  byPath[key(path)] = file;
  pathOf[file] = path;
  declare(*file);
  return file;
}

/// What could be used beside a file that is not there.
std::vector<std::string> Loader::filesBeside(const fs::path &path) {
  std::error_code error;
  std::vector<std::string> names;
  fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".heed")
      names.push_back(entry->path().stem().string());
  std::sort(names.begin(), names.end()); // folders have no order
  return names;
}

/// The file at `path`, which `use` asks for; null after an error.
Package::File *Loader::read(const fs::path &path, Range use) {
  std::string why;
  std::optional<FileId> id = sources.read(path.string(), why);
  if (!id) {
    Diagnostic &report = diagnostics.error(Kind::UnreadableFile, use, "cannot read `{}`: {}", path.string(), why);
    if (std::string near = nearest(path.stem().string(), filesBeside(path)); !near.empty())
      report.helped(fmt::format("did you mean `{}`?", near));
    else if (!inLibrary(path))
      report.helped("`use name.X` reads the file `name.heed` beside this one; the standard library is `std`");
    return nullptr;
  }
  return take(*id, path);
}

// ---- what a file uses ---------------------------------------------------------------------------------------------

/// Loads what the file uses, and what that uses.
void Loader::follow(File &file) {
  following.push_back(&file);
  for (const Declaration &d : file.tree.declarations) {
    if (d.kind != Declaration::Kind::Use || d.use->path.empty() || d.use->path[0].text.empty())
      continue;
    const std::vector<ast::Name> &names = d.use->path;
    bool library = names[0].text == "std";
    if (library && names.size() == 1)
      continue;
    fs::path path = library ? stdlib : pathOf[&file].parent_path();
    for (size_t n = library; n < names.size(); ++n)
      path /= names[n].text;
    path += ".heed";
    Range where = names.front().range.to(names.back().range);
    auto known = byPath.find(key(path));
    File *target = known != byPath.end() ? known->second : read(path, where);
    targets[&*d.use] = target;
    if (!target)
      continue;
    if (std::find(following.begin(), following.end(), target) != following.end())
      reportCycle(*target, where);
    else if (known == byPath.end())
      follow(*target);
  }
  following.pop_back();
}

void Loader::reportCycle(const File &to, Range use) {
  std::string chain;
  for (auto file = std::find(following.begin(), following.end(), &to); file != following.end(); ++file)
    chain += fmt::format("`{}` uses ", pathOf[*file].filename().string());
  chain += fmt::format("`{}`", pathOf[&to].filename().string());
  diagnostics.error(Kind::ImportCycle, use, "files use each other in a circle: {}", chain)
      .helped("move what they share to a third file");
}

// ---- names --------------------------------------------------------------------------------------------------------

void Loader::declare(File &file) {
  for (const Declaration &d : file.tree.declarations) {
    const ast::Name *name = nameOf(d);
    if (!name || name->text.empty())
      continue;
    auto [first, fresh] = file.names.emplace(name->text, &d);
    if (!fresh)
      diagnostics.error(Kind::DuplicateName, name->range, "`{}` is declared twice", name->text)
          .mark(nameOf(*first->second)->range, "first here");
    else
      file.visible[name->text] = {&file, &d};
  }
}

void Loader::gatherStandard() {
  for (auto &file : package.files) {
    if (!inStandard(pathOf[file.get()]))
      continue;
    for (auto &[name, declaration] : file->names) {
      if (isPrivate(name))
        continue;
      auto [first, fresh] = package.standard.emplace(name, Package::Symbol{file.get(), declaration});
      if (!fresh)
        diagnostics.error(Kind::DuplicateName, nameOf(*declaration)->range, "`std.{}` is declared twice", name)
            .note(nameOf(*first->second.declaration)->range, "first here");
    }
  }
}

void Loader::link(File &file) {
  if (inStandard(pathOf[&file]))
    file.visible.insert(package.standard.begin(), package.standard.end());
  for (const Declaration &d : file.tree.declarations)
    if (d.kind == Declaration::Kind::Use)
      for (const ast::Name &name : d.use->names)
        if (!name.text.empty())
          import(file, *d.use, name);
}

void Loader::import(File &file, const ast::Use &use, const ast::Name &name) {
  Package::Names from = package.standard;
  if (auto target = targets.find(&use); target != targets.end()) {
    from.clear();
    if (!target->second || (!target->second->whole && !target->second->names.count(name.text))) {
      file.visible.emplace(name.text, Package::Symbol{}); // what was wrong has been reported
      return;
    }
    for (auto &[own, declaration] : target->second->names)
      from[own] = {target->second, declaration};
  }
  if (isPrivate(name.text)) {
    diagnostics.error(Kind::PrivateName, name.range, "`{}` stays in its file", name.text)
        .helped("names that begin with `_` are private; rename it there to use it here");
    file.visible.emplace(name.text, Package::Symbol{});
    return;
  }
  auto found = from.find(name.text);
  if (found == from.end()) {
    file.visible.emplace(name.text, Package::Symbol{});
    return reportUnknown(file, use, name, from);
  }
  auto [first, fresh] = file.visible.emplace(name.text, found->second);
  const Declaration *other = first->second.declaration;
  if (fresh || !other || inStandard(pathOf[&file]))
    return;
  if (other == found->second.declaration)
    diagnostics.error(Kind::DuplicateName, name.range, "`{}` is imported twice", name.text).helped("remove it here");
  else
    diagnostics
        .error(Kind::DuplicateName, name.range, "`{}` is imported, and another `{}` is known here", name.text,
               name.text)
        .mark(nameOf(*other)->range, "the other one");
}

void Loader::reportUnknown(File &file, const ast::Use &use, const ast::Name &name, const Package::Names &from) {
  std::vector<std::string> known;
  for (auto &[other, symbol] : from)
    if (!isPrivate(other))
      known.push_back(other);
  Diagnostic &report = diagnostics.error(Kind::UnknownImport, name.range, "`{}` has no `{}`", spell(use), name.text);
  if (std::string near = nearest(name.text, known); !near.empty()) {
    report.helped(fmt::format("did you mean `{}`?", near));
    file.visible.emplace(near, Package::Symbol{}); // what reads it by its right name makes no second mistake
  } else if (findBuiltin(name.text)) {
    report.helped(fmt::format("`{}` is built in and needs no `use`", name.text));
  } else if (use.path.size() == 1 && known.empty()) {
    report.helped(fmt::format("the standard library was looked for in `{}`", stdlib.string()));
  }
}

std::string Loader::spell(const ast::Use &use) {
  std::string text;
  for (const ast::Name &name : use.path)
    text += (text.empty() ? "" : ".") + name.text;
  return text;
}
} // namespace

Package load(Sources &sources, FileId main, const std::string &stdlib, Diagnostics &diagnostics) {
  return Loader(sources, stdlib, diagnostics).load(main);
}

Package load(Sources &sources, const std::string &path, const std::string &stdlib, Diagnostics &diagnostics) {
  std::string why;
  std::optional<FileId> id = sources.read(path, why);
  if (!id) { // an empty file stands for it, so that there is one to name
    id = sources.add(path, "");
    diagnostics.error(Kind::UnreadableFile, {*id, 0, 0}, "cannot read `{}`: {}", path, why);
  }
  return load(sources, *id, stdlib, diagnostics);
}

} // namespace heed
