// What a person may ask of a model on the command line: the same for `heed` and for built executables.
#pragma once

#include <cstdint>
#include <optional>
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
  std::string prompt;
  int64_t steps = 256;
  bool ids = false, special = false;
  std::string tokenizer; // empty: the one within the executable, or within the folder of weights
};

struct TokenizeOptions {
  enum Shown { Ids, Pieces, Offsets, Types, Mask, All };
  std::string vocabulary; // a file or a folder; empty: the one within the executable
  Shown shown = Ids;
  bool special = false, cased = false, lines = false, json = false, strict = false;
  std::optional<std::string> pair; // the second text of each
  int64_t most = INT64_MAX;        // tokens of a text
  int64_t padTo = 0;               // that many tokens, at least,
  bool padToLongest = false;       // or as many as the longest text has
  int threads = 0;                 // 0: one a core
};

struct LearnVocabularyOptions {
  std::string kind, output;
  std::vector<std::string> files, special;
  int64_t size = 0, frequency = 1;
  int threads = 0;
  bool cased = false;
};

} // namespace heed::runtime
