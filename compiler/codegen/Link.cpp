// Links in this process, by LLD. A program is the model, the runtime's archive with its `main`, libstdc++ and libgcc
// from their archives, and libc and libm shared; its start files come from libc6-dev and libstdc++-12-dev, dependencies
// of clang.
#include "compiler/codegen/Embed.h"

#include "lld/Common/Driver.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ELF/ELFConfig.h"
#include "llvm/ObjCopy/ELF/ELFObjcopy.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

LLD_HAS_DRIVER(elf)

namespace heed {
namespace {

namespace fs = llvm::sys::fs;

llvm::Error writeFile(const std::string &path, llvm::StringRef bytes) {
  std::error_code error;
  llvm::raw_fd_ostream out(path, error, fs::OF_None);
  if (error)
    return llvm::createFileError(path, error);
  out << bytes;
  return close(out, path);
}

/// Where C's start files and shared libraries are.
const char *const systemFolders[] = {
    "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib"};

/// GCC's folders, the newest version first.
std::vector<std::string> gccFolders() {
  std::vector<std::pair<unsigned, std::string>> found;
  for (const char *target : {"x86_64-linux-gnu", "x86_64-pc-linux-gnu", "x86_64-redhat-linux"}) {
    std::error_code error;
    for (fs::directory_iterator entry(llvm::Twine("/usr/lib/gcc/") + target, error), end; !error && entry != end;
         entry.increment(error)) {
      unsigned version = 0;
      if (!llvm::sys::path::filename(entry->path()).split('.').first.getAsInteger(10, version))
        found.push_back({version, entry->path()});
    }
  }
  llvm::sort(found, std::greater<>());
  std::vector<std::string> folders;
  for (auto &[version, path] : found)
    folders.push_back(std::move(path));
  return folders;
}

/// The file in the first folder that has it.
llvm::Expected<std::string> find(llvm::StringRef file, llvm::ArrayRef<std::string> folders, llvm::StringRef package) {
  for (const std::string &folder : folders) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, file);
    if (fs::exists(path))
      return path.str().str();
  }
  return llvm::createStringError("linking needs `" + file + "`, which is in none of " + llvm::join(folders, ", ") +
                                 "; Debian has it in the package " + package);
}

/// The linker's command line, built piece by piece; the first missing file is the error.
class CommandLine {
public:
  void add(std::string argument) { arguments.push_back(std::move(argument)); }
  void addFound(llvm::Expected<std::string> file) {
    if (file)
      add(std::move(*file));
    else if (!error)
      error = llvm::toString(file.takeError());
    else
      llvm::consumeError(file.takeError());
  }
  llvm::Error run() {
    if (error)
      return llvm::createStringError(*error);
    std::vector<const char *> raw{"ld.lld"};
    for (const std::string &argument : arguments)
      raw.push_back(argument.c_str());
    std::string said;
    llvm::raw_string_ostream out(said);
    lld::Result result = lld::lldMain(raw, out, out, {{lld::Gnu, &lld::elf::link}});
    if (result.retCode == 0)
      return llvm::Error::success();
    return llvm::createStringError("the linker failed: " + llvm::StringRef(said).trim());
  }

private:
  std::vector<std::string> arguments;
  std::optional<std::string> error;
};

/// A runtime that is under AddressSanitizer needs the sanitizer's own library in every program.
void addSanitizer(CommandLine &line) {
#ifdef HEED_SANITIZER_LIBRARIES
  line.add("--whole-archive");
  for (const char *archive : {HEED_SANITIZER_LIBRARIES})
    line.add(archive);
  line.add("--no-whole-archive");
  line.add("--export-dynamic");
#endif
}

void addProgram(CommandLine &line, const LinkOptions &options, llvm::ArrayRef<std::string> objects) {
  std::vector<std::string> system(std::begin(systemFolders), std::end(systemFolders)), gcc = gccFolders();
  const char *libc = "libc6-dev", *libgcc = "libgcc-12-dev", *libstdcxx = "libstdc++-12-dev";
  line.add("-pie");
  line.add("--dynamic-linker=/lib64/ld-linux-x86-64.so.2");
  line.add("--gc-sections");
  line.addFound(find("Scrt1.o", system, libc));
  line.addFound(find("crti.o", system, libc));
  line.addFound(find("crtbeginS.o", gcc, libgcc));
  for (const std::string &object : objects)
    line.add(object);
  if (options.patterns || options.unicode) // whose members nothing else asks for
    line.addFound(find("libheed_text.a", options.libraries, "heed"));
  if (options.patterns) {
    line.add("--undefined=heed_patterns");
    line.addFound(find("libpcre2-8.a", system, "libpcre2-dev"));
  }
  line.addFound(find("libheed_runtime.a", options.libraries, "heed"));
  if (options.unicode) {
    line.add("--undefined=heed_unicode");
    line.addFound(find("libicuuc.a", system, "libicu-dev"));
  }
  addSanitizer(line);
  line.addFound(find("libstdc++.a", gcc, libstdcxx));
  line.add("--as-needed");
  line.addFound(find("libm.so", system, libc));
  line.addFound(find("libc.so", system, libc));
  line.addFound(find("libgcc.a", gcc, libgcc));
  line.addFound(find("libgcc_eh.a", gcc, libgcc));
  line.addFound(find("libc.so", system, libc)); // libgcc_eh asks for more of it
  line.addFound(find("crtendS.o", gcc, libgcc));
  line.addFound(find("crtn.o", system, libc));
}

void addLibrary(CommandLine &line, llvm::ArrayRef<std::string> objects) {
  std::vector<std::string> system(std::begin(systemFolders), std::end(systemFolders));
  line.add("-shared");
  for (const std::string &object : objects)
    line.add(object);
  line.add("--as-needed");
  line.addFound(find("libm.so", system, "libc6-dev"));
  line.addFound(find("libc.so", system, "libc6-dev"));
}

/// Writes the model's objects, and adds their paths.
llvm::Error writeObjects(llvm::ArrayRef<std::string> objects, const std::string &folder,
                         std::vector<std::string> &paths) {
  for (const std::string &object : objects) {
    paths.push_back(folder + "/" + std::to_string(paths.size()) + ".o");
    if (llvm::Error error = writeFile(paths.back(), object))
      return error;
  }
  return llvm::Error::success();
}

/// Hidden symbols are for the parts of one model, and have found each other.
llvm::Expected<std::string> localiseHidden(llvm::MemoryBufferRef object) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(object);
  if (!file)
    return file.takeError();
  llvm::objcopy::ELFConfig config;
  config.LocalizeHidden = true;
  std::string bytes;
  llvm::raw_string_ostream out(bytes);
  if (llvm::Error error = llvm::objcopy::elf::executeObjcopyOnBinary(
          {}, config, llvm::cast<llvm::object::ELFObjectFileBase>(**file), out))
    return error;
  return bytes;
}

} // namespace

llvm::Expected<std::string> merge(llvm::ArrayRef<std::string> objects, const std::string &folder) {
  std::vector<std::string> paths;
  if (llvm::Error error = writeObjects(objects, folder, paths))
    return error;
  std::string merged = folder + "/merged.o";
  CommandLine line;
  for (const std::string &argument : {std::string("-r"), std::string("-o"), merged})
    line.add(argument);
  for (std::string &path : paths)
    line.add(std::move(path));
  if (llvm::Error error = line.run())
    return error;
  auto bytes = llvm::MemoryBuffer::getFile(merged);
  if (!bytes)
    return llvm::createFileError(merged, bytes.getError());
  return localiseHidden(**bytes);
}

llvm::Error link(llvm::ArrayRef<std::string> parts, const LinkOptions &options) {
  std::vector<std::string> objects;
  if (llvm::Error error = writeObjects(parts, options.folder, objects))
    return error;
  if (!options.embedded.empty()) {
    objects.push_back(options.folder + "/sections.o");
    if (llvm::Error error = writeSections(options.embedded, objects.back()))
      return error;
  }

  CommandLine line;
  line.add("-o");
  line.add(options.output);
  line.add("--hash-style=gnu");
  line.add("--build-id");
  line.add("--strip-debug");
  line.add("-znoexecstack");
  line.add("--eh-frame-hdr"); // how a throw finds its handler; without it every wrong command line aborts
  if (options.shared)
    addLibrary(line, objects);
  else
    addProgram(line, options, objects);
  return line.run();
}

} // namespace heed
