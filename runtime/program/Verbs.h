// What a model can be asked to do. In: a model, options. Out: files or standard output as each verb says; all else on
// standard error.
#pragma once

#include "runtime/device/Cpu.h"
#include "runtime/load/Embedded.h"
#include "runtime/program/Options.h"

#include <functional>
#include <memory>

namespace heed::runtime {

/// Who computes an entry. By default the model's own code, on this machine's cores.
using Compute = std::function<Result<void>(const CpuCall &)>;

/// Runs an entry on tensors of a safetensors file, and writes its results into another.
Result<void> runEntry(const heed_model &, const RunOptions &, std::shared_ptr<const Embedded> = nullptr,
                      const Compute & = nullptr);

/// Writes text, or ids, on standard output as it is made.
Result<void> generateText(const heed_model &, const GenerateOptions &, std::shared_ptr<const Embedded> = nullptr);

/// Writes the weights into a safetensors file, under their names in checkpoints.
Result<void> saveWeights(const heed_model &, const SaveOptions &, std::shared_ptr<const Embedded> = nullptr);

/// What the model is: parameters, entries, and what it was compiled for.
Result<void> describe(const heed_model &, std::shared_ptr<const Embedded> = nullptr);

/// Texts from standard input into ids, pieces or places on standard output.
Result<void> tokenizeText(const TokenizeOptions &, const Embedded * = nullptr);
/// The other way round.
Result<void> detokenizeText(const TokenizeOptions &, const Embedded * = nullptr);

/// A vocabulary from texts.
Result<void> learnVocabularyFiles(const LearnVocabularyOptions &);

} // namespace heed::runtime
