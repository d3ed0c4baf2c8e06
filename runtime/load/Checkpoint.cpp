// Which format a path holds, and what each gives.
#include "runtime/load/Checkpoint.h"

#include "runtime/load/Llama2c.h"
#include "runtime/load/ShardIndex.h"

#include <algorithm>

#include <sys/stat.h>

namespace heed::runtime {
namespace {

bool isFolder(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool exists(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
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
  Checkpoint checkpoint(path);
  if (looksLikeSafeTensors(path, file->text())) {
    if (Result<void> added = checkpoint.addSafeTensors(path, std::move(*file)); !added)
      return added.error();
    return checkpoint;
  }
  Result<Llama2cFile> read = parseLlama2c(path, file->bytes());
  if (!read)
    return read.error();
  checkpoint.files.push_back(std::move(*file)), checkpoint.read.push_back(path);
  checkpoint.kind = "llama2.c";
  checkpoint.settings = std::move(read->config);
  checkpoint.stored = std::move(read->tensors);
  std::sort(checkpoint.stored.begin(), checkpoint.stored.end(), [](auto &a, auto &b) { return a.name < b.name; });
  return checkpoint;
}

Result<Checkpoint> Checkpoint::openFolder(const std::string &path) {
  std::string configPath = path + "/config.json";
  if (!exists(configPath))
    return Error{path + ": is a folder without config.json, so it is no checkpoint"};
  Result<MappedFile> text = MappedFile::open(configPath);
  if (!text)
    return text.error();
  Result<Config> config = parseConfig(configPath, text->text());
  if (!config)
    return config.error();
  Checkpoint checkpoint(path);
  checkpoint.read.push_back(configPath);
  checkpoint.kind = architectureOf(*config);
  checkpoint.settings = std::move(*config);
  std::string whole = path + "/model.safetensors", index = whole + ".index.json";
  Result<void> added;
  if (exists(whole)) {
    Result<MappedFile> file = MappedFile::open(whole);
    added = file ? checkpoint.addSafeTensors(whole, std::move(*file)) : file.error();
  } else if (exists(index)) {
    added = checkpoint.addShards(path, index);
  } else {
    added = failure("{}: holds neither model.safetensors nor model.safetensors.index.json", path);
  }
  return added ? Result<Checkpoint>(std::move(checkpoint)) : added.error();
}

Result<void> Checkpoint::addSafeTensors(const std::string &path, MappedFile file) {
  Result<std::vector<StoredTensor>> tensors = parseSafeTensors(path, file.bytes());
  if (!tensors)
    return tensors.error();
  files.push_back(std::move(file)), read.push_back(path);
  stored.insert(stored.end(), std::make_move_iterator(tensors->begin()), std::make_move_iterator(tensors->end()));
  return {};
}

/// Every file holds the tensors that the index says, and no others; so none occurs twice.
Result<void> Checkpoint::addShards(const std::string &folder, const std::string &index) {
  Result<MappedFile> text = MappedFile::open(index);
  Result<ShardIndex> shards = text ? parseShardIndex(index, text->text()) : text.error();
  if (!shards)
    return shards.error();
  read.push_back(index);
  for (const auto &[name, expected] : *shards) {
    std::string path = folder + "/" + name;
    size_t before = stored.size();
    Result<MappedFile> file = MappedFile::open(path);
    Result<void> added = file ? addSafeTensors(path, std::move(*file)) : file.error();
    if (!added)
      return added;
    auto found = std::span(stored).subspan(before); // sorted by name, as the names expected are
    for (const StoredTensor &tensor : found)
      if (!std::binary_search(expected.begin(), expected.end(), tensor.name))
        return failure("{}: holds {}, which {} does not say", path, ticked(tensor.name), index);
    for (const std::string &tensor : expected)
      if (!std::ranges::binary_search(found, tensor, {}, &StoredTensor::name))
        return failure("{}: lacks {}, which is there according to {}", path, ticked(tensor), index);
  }
  std::sort(stored.begin(), stored.end(), [](auto &a, auto &b) { return a.name < b.name; });
  return {};
}

const StoredTensor *Checkpoint::find(std::string_view name) const {
  auto found = std::lower_bound(stored.begin(), stored.end(), name,
                                [](auto &tensor, std::string_view name) { return tensor.name < name; });
  return found != stored.end() && found->name == name ? &*found : nullptr;
}

} // namespace heed::runtime
