// Files for tests: a folder that goes away with the test, bytes into files, and texts of errors.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/SafeTensors.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace heed::runtime {

class Folder {
public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "heed-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }

  /// A path within; with bytes, a file there.
  std::string operator()(const std::string &name) const { return path + "/" + name; }
  std::string operator()(const std::string &name, std::string_view bytes) const {
    std::ofstream(path + "/" + name, std::ios::binary) << bytes;
    return path + "/" + name;
  }
  size_t count() const { return size_t(std::distance(std::filesystem::directory_iterator(path), {})); }

private:
  std::string path;
};

inline std::string contentOf(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename T> std::string bytesOfValue(T value) {
  return {reinterpret_cast<const char *>(&value), sizeof value};
}

/// What went wrong; empty if nothing did.
template <typename T> std::string errorOf(const Result<T> &result) { return result ? "" : result.error().text; }

/// A named tensor over values that live elsewhere.
template <typename T>
StoredTensor stored(std::string name, ElementType type, Shape shape, const std::vector<T> &values) {
  return {std::move(name), {type, std::move(shape), reinterpret_cast<const std::byte *>(values.data())}};
}

inline std::span<const std::byte> asBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

} // namespace heed::runtime
