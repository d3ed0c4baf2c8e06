// Which format a path holds, and what each gives.
#include "runtime/load/Checkpoint.h"

#include "runtime/load/Llama2c.h"

#include <algorithm>

#include <sys/stat.h>

namespace heed::runtime {
namespace {

bool isFolder(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// A header of JSON begins at byte 8. The second look is for llama2.c files of 123 layers, whose byte 8 is a brace too,
/// then zeros.
bool looksLikeSafeTensors(const std::string &path, std::string_view bytes) {
  return path.ends_with(".safetensors") || (bytes.size() > 9 && bytes[8] == '{' && bytes[9] != 0);
}

std::string architectureOf(const Config &config) {
  auto found = config.find("architectures");
  if (found == config.end())
    return "";
  auto *list = std::get_if<ConfigValue::List>(&found->second.value);
  auto *first = list && !list->empty() ? std::get_if<std::string>(&list->front().value) : nullptr;
  return first ? *first : "";
}

} // namespace

Result<Checkpoint> Checkpoint::open(const std::string &path) {
  return isFolder(path) ? openFolder(path) : openFile(path);
}

Result<Checkpoint> Checkpoint::openFile(const std::string &path) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file)
    return file.error();
  Checkpoint checkpoint(path, std::move(*file));
  std::span<const std::byte> bytes = checkpoint.file.bytes();
  if (looksLikeSafeTensors(path, checkpoint.file.text())) {
    Result<std::vector<StoredTensor>> tensors = parseSafeTensors(path, bytes);
    if (!tensors)
      return tensors.error();
    checkpoint.stored = std::move(*tensors);
    return checkpoint;
  }
  Result<Llama2cFile> read = parseLlama2c(path, bytes);
  if (!read)
    return read.error();
  checkpoint.kind = "llama2.c";
  checkpoint.settings = std::move(read->config);
  checkpoint.stored = std::move(read->tensors);
  std::sort(checkpoint.stored.begin(), checkpoint.stored.end(), [](auto &a, auto &b) { return a.name < b.name; });
  return checkpoint;
}

Result<Checkpoint> Checkpoint::openFolder(const std::string &path) {
  std::string configPath = path + "/config.json";
  Result<MappedFile> text = MappedFile::open(configPath);
  if (!text)
    return text.error();
  Result<Config> config = parseConfig(configPath, text->text());
  if (!config)
    return config.error();
  Result<Checkpoint> checkpoint = openFile(path + "/model.safetensors");
  if (!checkpoint)
    return checkpoint;
  checkpoint->opened = path;
  checkpoint->kind = architectureOf(*config);
  checkpoint->settings = std::move(*config);
  return checkpoint;
}

const StoredTensor *Checkpoint::find(std::string_view name) const {
  auto found = std::lower_bound(stored.begin(), stored.end(), name,
                                [](auto &tensor, std::string_view name) { return tensor.name < name; });
  return found != stored.end() && found->name == name ? &*found : nullptr;
}

} // namespace heed::runtime
