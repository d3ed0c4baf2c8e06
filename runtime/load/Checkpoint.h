// Stored weights and their settings, whatever the format. In: a path; the format is told by content. Out: settings and
// tensors by name. Formats: safetensors, llama2.c, and a folder with config.json and model.safetensors, or the files
// that its model.safetensors.index.json names.
#pragma once

#include "runtime/load/Config.h"
#include "runtime/load/MappedFile.h"
#include "runtime/load/SafeTensors.h"

#include <optional>

namespace heed::runtime {

class Checkpoint {
public:
  static Result<Checkpoint> open(const std::string &path);

  /// What the caller named: a file, or a folder.
  const std::string &path() const { return opened; }
  /// The files that were read.
  const std::vector<std::string> &paths() const { return read; }
  /// What `@checkpoint("...")` names: the first of config.json's `architectures`; "llama2.c" for that format; else
  /// empty.
  const std::string &architecture() const { return kind; }
  const Config &config() const { return settings; }
  /// Sorted by name. They live as long as this checkpoint.
  std::span<const StoredTensor> tensors() const { return stored; }
  const StoredTensor *find(std::string_view name) const;

private:
  explicit Checkpoint(std::string path) : opened(std::move(path)) {}
  static Result<Checkpoint> openFile(const std::string &path);
  static Result<Checkpoint> openFolder(const std::string &path);
  Result<void> addSafeTensors(const std::string &path, MappedFile);
  Result<void> addShards(const std::string &folder, const std::string &index);

  std::string opened, kind;
  std::vector<std::string> read;
  std::vector<MappedFile> files;
  Config settings;
  std::vector<StoredTensor> stored;
};

} // namespace heed::runtime
