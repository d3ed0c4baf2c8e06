// `heed new NAME`: a folder with a model to begin from, a test and a README, from the files in share/heed/new.
#include "compiler/tools/heed/Installation.h"
#include "compiler/tools/heed/Output.h"
#include "compiler/tools/heed/Verbs.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace heed::tools {
namespace {

namespace fs = std::filesystem;

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// What a folder, a program and, in capitals, a model can be called.
bool goodName(std::string_view name) {
  auto fits = [](unsigned char c) { return c < 128 && (std::isalnum(c) || c == '_' || c == '-'); };
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), fits) ||
      !std::isalpha(static_cast<unsigned char>(name[0])))
    return fail("{} cannot name a model; a name has up to 64 letters, digits, `-` and `_`, and begins with a letter",
                runtime::ticked(name));
  return true;
}

/// "my-model" → "MyModel"
std::string modelName(std::string_view name) {
  std::string made;
  bool begins = true;
  for (char c : name) {
    if (c != '-' && c != '_')
      made += begins ? char(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == '-' || c == '_';
  }
  return made;
}

void replaceAll(std::string &text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Whether the text has this word.
bool mentions(std::string_view text, std::string_view word) {
  for (size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at) {
    size_t end = at + word.size();
    if ((at == 0 || !isWord(text[at - 1])) && (end == text.size() || !isWord(text[end])))
      return true;
  }
  return false;
}

std::optional<std::string> templateNamed(const char *file) {
  std::string path = newFolder() + "/" + file;
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || text.empty())
    return fail("`heed new` needs `{}`, which is not there", path), std::nullopt;
  return text;
}

bool writeFiles(const std::string &folder, const std::string &name, const std::string &model) {
  for (const char *file : {"model.heed", "test.sh", "README.md"}) {
    std::optional<std::string> text = templateNamed(file);
    if (!text)
      return false;
    if (mentions(*text, model))
      return fail("`{}` names the model `{}`, and something in it is called that already; choose another name", name,
                  model);
    replaceAll(*text, "@NAME@", name);
    replaceAll(*text, "@MODEL@", model);
    if (!put(*text, folder + "/" + file))
      return false;
  }
  std::error_code error;
  fs::permissions(folder + "/test.sh", fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add, error);
  return !error || fail("{}/test.sh: cannot be made executable: {}", folder, error.message());
}

} // namespace

bool makeNew(const std::string &path) {
  fs::path folder = fs::path(path).lexically_normal();
  if (!folder.has_filename()) // "name/"
    folder = folder.parent_path();
  std::string name = folder.filename().string();
  if (!goodName(name))
    return false;
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error)))
    return fail("{} is there already; `heed new` overwrites nothing", runtime::ticked(folder.string()));
  if (!fs::create_directory(folder, error))
    return fail("{}: cannot be made: {}", runtime::ticked(folder.string()), error.message());
  if (!writeFiles(folder.string(), name, modelName(name))) {
    fs::remove_all(folder, error); // this call made it
    return false;
  }
  std::string made =
      fmt::format("made {0}/model.heed, {0}/test.sh and {0}/README.md, which tells what to do next\n", folder.string());
  return put(made, "");
}

} // namespace heed::tools
