// Parses each definition for its attributes. What is wrong with a file is reported when it is checked, not here.
#include "lang/check/Architectures.h"

#include "lang/check/Package.h"
#include "lang/parse/Parser.h"

#include <algorithm>
#include <filesystem>

namespace heed {

namespace fs = std::filesystem;

namespace {
void addFrom(const std::string &path, std::vector<Architecture> &found) {
  Sources sources;
  Diagnostics diagnostics(sources);
  std::string why;
  std::optional<FileId> id = sources.read(path, why);
  if (!id)
    return;
  ast::File tree = parse(sources, *id, diagnostics);
  for (const ast::Declaration &declaration : tree.declarations)
    for (const ast::Attribute &attribute : declaration.attributes) {
      const ast::Name *model = nameOf(declaration);
      auto name = attribute.arguments.empty() ? nullptr : ast::as<ast::String>(attribute.arguments[0].value);
      if (model && name && attribute.name.text == "checkpoint")
        found.push_back({name->value, path, model->text});
    }
}
} // namespace

std::vector<Architecture> architecturesIn(const std::string &stdlib) {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator entry(fs::path(stdlib) / "models", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".heed")
      paths.push_back(entry->path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<Architecture> found;
  for (const std::string &path : paths)
    addFrom(path, found);
  return found;
}

} // namespace heed
