// A relocatable ELF file written by hand (System V ABI, chapter 4): header, contents, names of sections, section table.
#include "compiler/codegen/Embed.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace llvm::ELF;

namespace heed {

static constexpr uint64_t page = 4096;

static Elf64_Ehdr fileHeader(uint64_t sectionTable, unsigned sections) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ElfMagic, 4);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = sectionTable;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = sections;
  header.e_shstrndx = sections - 1;
  return header;
}

static Elf64_Shdr section(uint32_t name, uint32_t type, uint64_t offset, uint64_t size, uint64_t alignment) {
  Elf64_Shdr header{};
  header.sh_name = name;
  header.sh_type = type;
  header.sh_offset = offset;
  header.sh_size = size;
  header.sh_addralign = alignment;
  return header;
}

/// Appends the file in pieces, so that memory does not grow with it.
static llvm::Error copyInto(llvm::raw_ostream &out, const std::string &path, uint64_t size) {
  auto file = llvm::sys::fs::openNativeFileForRead(path);
  if (!file)
    return llvm::createFileError(path, file.takeError());
  std::vector<char> piece(1 << 20);
  uint64_t copied = 0;
  while (copied < size) {
    auto count = llvm::sys::fs::readNativeFile(*file, {piece.data(), std::min<uint64_t>(piece.size(), size - copied)});
    if (!count || *count == 0) {
      llvm::sys::fs::closeFile(*file);
      return llvm::createFileError(path, count ? llvm::createStringError("the file became shorter while it was read")
                                               : count.takeError());
    }
    out.write(piece.data(), *count);
    copied += *count;
  }
  llvm::sys::fs::closeFile(*file);
  return llvm::Error::success();
}

llvm::Error writeSections(llvm::ArrayRef<EmbeddedFile> files, llvm::StringRef path) {
  std::string names(1, '\0');
  std::vector<Elf64_Shdr> sections{Elf64_Shdr{}};
  uint64_t end = sizeof(Elf64_Ehdr);
  for (const EmbeddedFile &file : files) {
    uint64_t size;
    if (std::error_code error = llvm::sys::fs::file_size(file.path, size))
      return llvm::createFileError(file.path, error);
    uint64_t offset = llvm::alignTo(end, page);
    sections.push_back(section(names.size(), SHT_PROGBITS, offset, size, page));
    names += file.section + '\0';
    end = offset + size;
  }
  uint32_t ownName = names.size();
  names += std::string(".shstrtab") + '\0';
  sections.push_back(section(ownName, SHT_STRTAB, end, names.size(), 1));
  uint64_t table = llvm::alignTo(end + names.size(), 8);

  std::error_code error;
  llvm::raw_fd_ostream out(path, error, llvm::sys::fs::OF_None);
  if (error)
    return llvm::createFileError(path, error);
  Elf64_Ehdr header = fileHeader(table, sections.size());
  out.write(reinterpret_cast<const char *>(&header), sizeof header);
  for (auto [i, file] : llvm::enumerate(files)) {
    out.write_zeros(sections[i + 1].sh_offset - out.tell());
    if (llvm::Error failed = copyInto(out, file.path, sections[i + 1].sh_size))
      return llvm::joinErrors(std::move(failed), close(out, path));
  }
  out << names;
  out.write_zeros(table - out.tell());
  out.write(reinterpret_cast<const char *>(sections.data()), sections.size() * sizeof(Elf64_Shdr));
  return close(out, path);
}

llvm::Error close(llvm::raw_fd_ostream &out, llvm::StringRef path) {
  out.close();
  std::error_code error = out.error();
  out.clear_error();
  return error ? llvm::createFileError(path, error) : llvm::Error::success();
}

} // namespace heed
