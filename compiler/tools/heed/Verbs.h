// What `heed` can be asked, a verb each, and in a file each. In: options. Out: files, or text on standard output. A
// verb tells on standard error what went wrong, and then gives false.
#pragma once

#include "compiler/tools/heed/Emit.h"
#include "runtime/program/Options.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace heed::tools {

/// Which model, and how it is compiled.
struct SourceOptions {
  std::string file;
  std::string model;   // `GPT2(depth = 48)`; empty: the file's only one
  std::string weights; // the checkpoint that `config` reads; may be empty
  std::string stdlib;  // empty: the one beside this program
  std::string precision = "f32";
  std::string cpu = "native";
  std::vector<std::string> plain; // kernels that get scalar loops; `all` stands for every one
  std::string damaged;            // for tests: a kernel that is made wrong
  bool timing = false;            // tell how long each stage took
  /// Of inputs that may be left out, those that are given; unset: every variant of an entry is compiled.
  std::optional<std::set<std::string>> given;
};

struct CheckFlags : SourceOptions {
  std::optional<std::string> cost; // sizes, "B=8,T=1024", or empty: tell what the model costs
  bool json = false;               // as JSON
};

struct BuildOptions : SourceOptions {
  std::string output;
  std::string tokenizer;
  std::string depfile; // what was read, as a rule of make; empty: none
  std::string name;    // of the exported function; empty: the model's
  bool shared = false, object = false, header = false;
  std::optional<Emit> emit;
};

struct RunOptions {
  SourceOptions source;
  runtime::RunOptions run;
  bool interpret = false;
  bool bisect = false; // compare every kernel with its plain twin
};

struct GenerateOptions {
  SourceOptions source;
  runtime::GenerateOptions generate;
};

struct SaveOptions {
  SourceOptions source;
  runtime::SaveOptions save;
};

struct FormatOptions {
  std::vector<std::string> files;
  bool check = false;
};

bool check(const CheckFlags &);
bool build(const BuildOptions &);
bool run(const RunOptions &);
bool generate(const GenerateOptions &);
bool save(const SaveOptions &);
bool explain(const std::string &code); // empty: says what codes there are
bool format(const FormatOptions &);
bool makeNew(const std::string &folder);

/// Tells what went wrong, and is false.
template <typename... Args> bool fail(fmt::format_string<Args...> text, Args &&...args) {
  fmt::print(stderr, "error: {}\n", fmt::format(text, std::forward<Args>(args)...));
  return false;
}

} // namespace heed::tools
