// Flags of the verbs, written once: a built executable parses them with `runModel`; `heed` adds the same ones to its
// own commands.
#pragma once

#include "runtime/load/Embedded.h"
#include "runtime/program/Options.h"

#include <memory>

namespace CLI {
class App;
}

namespace heed::runtime {

/// `program` is what examples in `--help` call: "stories", "heed". Options must outlive the parsing.
void addRunFlags(CLI::App &, RunOptions &, const std::string &program);
void addSaveFlags(CLI::App &, SaveOptions &, const std::string &program);
void addGenerateFlags(CLI::App &, GenerateOptions &, const std::string &program);
/// `carried`: the program may have a vocabulary of its own.
void addTokenizeFlags(CLI::App &, TokenizeOptions &, const std::string &program, bool carried = false);
void addDetokenizeFlags(CLI::App &, TokenizeOptions &, const std::string &program, bool carried = false);
void addLearnFlags(CLI::App &, LearnVocabularyOptions &, const std::string &program);

/// The whole command line of a program that is one model. Returns the exit status.
int runModel(const heed_model &, int argc, char **argv, std::shared_ptr<const Embedded> embedded);

} // namespace heed::runtime
