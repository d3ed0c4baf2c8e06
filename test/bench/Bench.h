// The groups of rows, in the order of the table. In: what is asked for. Out: rows.
#pragma once

#include "Compiled.h"
#include "Table.h"

namespace heed::bench {

struct Bench {
  Table table;
  std::string cpu; ///< what models are compiled for, as in `heed build --cpu`
};

/// Products with weights at the 15 shapes of transformers: bare and with bias and GELU, f32 and bf16.
void contractions(Bench &);
/// Causal attention against unfused products, sliding windows against the work that they leave.
void attention(Bench &);
/// Products of one row, against the bandwidth of memory.
void decoding(Bench &);
/// A model of GPT-2's shape, as a whole.
void forward(Bench &);
/// How long `heed build` takes.
void building(Bench &);
/// Texts into ids, and vocabularies from texts, against the SentencePiece library.
void tokenizing(Bench &);
/// The example that writes stories.
void stories(Bench &);

/// How far results may be from those of the peers, by relative L2 distance: as in test/numerics.
inline double toleranceOf(std::string_view precision) { return precision == "bf16" ? 2e-2 : 1e-5; }

/// Two cores against one on the same call; `work` as in Contender.
void twoCores(Bench &, std::string_view name, Call &, double work, Unit);

} // namespace heed::bench
