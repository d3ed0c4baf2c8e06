// What a person may ask of a model on the command line: the same for `heed` and for built executables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heed::runtime {

struct ModelOptions {
  std::string weights; // a file or a folder; empty: those within the executable, else the initialisers run
  int threads = 0;     // 0: one a core
  uint64_t seed = 0;
  bool checkFinite = false; // weights that are infinite or no number are an error
};

struct RunOptions : ModelOptions {
  std::string entry, inputs, outputs, prefix;
  bool verbose = false;
};

struct SaveOptions : ModelOptions {
  std::string output;
};

struct GenerateOptions : ModelOptions {
  int64_t steps = 256;
  bool ids = false;
  std::string tokenizer; // empty: the one within the executable
};

struct TokenizeOptions {
  std::string vocabulary;               // a file or a folder
  bool pieces = false, offsets = false; // what is printed of a token; else its id
  bool special = false, cased = false, lines = false, json = false, strict = false;
  int threads = 0; // 0: one a core
};

struct LearnVocabularyOptions {
  std::string kind, output;
  std::vector<std::string> files, special;
  int64_t size = 0, frequency = 1;
  int threads = 0;
  bool cased = false;
};

} // namespace heed::runtime
