// A learnt vocabulary as files that other programs load, too: GPT-2's pair, `vocab.txt`, a SentencePiece model,
// `tokenizer.json`. In: a vocabulary, a path whose name says which form. Out: files.
#pragma once

#include "runtime/tokenizer/learn/Learning.h"

namespace heed::runtime {

/// Whether a path names a form that this kind can have: a folder any, a file by its suffix `.json`, `.txt` or `.model`.
Result<void> canSave(VocabularyKind, const std::string &path);
Result<void> saveVocabulary(const LearntVocabulary &, const std::string &path);

} // namespace heed::runtime
