// The section table of an ELF file (System V ABI, chapter 4), read with the same care as any file.
#include "runtime/load/Embedded.h"

#include "runtime/tensor/CheckedSize.h"

#include <cstring>

#include <elf.h>

namespace heed::runtime {
namespace {

/// A T that begins at byte `offset`, if it lies within the file.
template <typename T> std::optional<T> read(std::span<const std::byte> file, CheckedSize offset) {
  if (!(offset + sizeof(T)).fits(file.size()))
    return {};
  T value;
  std::memcpy(&value, file.data() + offset.value(), sizeof value);
  return value;
}

std::optional<std::span<const std::byte>> bytesOf(std::span<const std::byte> file, const Elf64_Shdr &section) {
  if (!(CheckedSize(section.sh_offset) + section.sh_size).fits(file.size()))
    return {};
  return file.subspan(section.sh_offset, section.sh_size);
}

} // namespace

Result<Embedded> Embedded::open(const std::string &path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped)
    return mapped.error();
  Embedded embedded(std::move(*mapped));
  std::span<const std::byte> file = embedded.file.bytes();
  auto header = read<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64)
    return failure("{}: is no 64-bit ELF file", path);

  auto sectionAt = [&](uint64_t index) {
    return read<Elf64_Shdr>(file, CheckedSize(header->e_shoff) + CheckedSize(index) * sizeof(Elf64_Shdr));
  };
  if (header->e_shnum == 0)
    return embedded;
  auto names = sectionAt(header->e_shstrndx);
  auto nameBytes = names ? bytesOf(file, *names) : std::nullopt;
  if (!nameBytes)
    return failure("{}: its ELF section names lie outside the file", path);
  std::string_view allNames(reinterpret_cast<const char *>(nameBytes->data()), nameBytes->size());

  for (unsigned i = 1; i != header->e_shnum; ++i) {
    auto section = sectionAt(i);
    if (!section || section->sh_name >= allNames.size())
      return failure("{}: ELF section {} lies outside the file", path, i);
    std::string_view name = allNames.substr(section->sh_name);
    name = name.substr(0, name.find('\0'));
    if (name != weightsSection && name != tokenizerSection)
      continue;
    auto bytes = bytesOf(file, *section);
    if (!bytes)
      return failure("{}: the section `{}` lies outside the file; the file is truncated", path, name);
    (name == weightsSection ? embedded.weights : embedded.tokenizer) = bytes;
  }
  return embedded;
}

} // namespace heed::runtime
