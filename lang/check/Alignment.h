// Two pieces of a checked program side by side: do they say the same? Turns of a loop that differ in numbers only are
// of one kind, and the numbers become data that each turn reads.
//
// In: turns that were elaborated each on its own. Out: whether they agree, and where numbers, tables and rows differ.
// What decides about code has to be equal: shapes, conditions that bound loops, positions within larger sums.
#pragma once

#include "lang/check/Values.h"

namespace heed {

/// What the second of two turns has where the first has these nodes, ops and slices.
struct Differences {
  std::map<const Expr *, double> numbers;                            // all that may differ
  std::map<const Expr *, int64_t> picks;                             // first positions of reads from outside the loop
  std::map<const checked::Op *, const std::vector<double> *> tables; // all
  std::map<const checked::Tensor *, int64_t> rows;                   // of slices, by the first turn's tensors
  std::vector<const Expr *> order;                                   // numbers and picks as they were met
};

class Alignment {
public:
  /// Nothing may differ, but for the places of draws.
  static bool sameParameters(const checked::Parameter &, const checked::Parameter &);
  /// Whether the second turn does what the first does, apart from what is listed.
  static std::optional<Differences> ofTurns(const Turn &, const Turn &);

private:
  bool same(const checked::Body &, const checked::Body &);
  bool same(const checked::Op &, const checked::Op &);
  bool same(const checked::Op::Layer &, const checked::Op::Layer &);
  bool same(const checked::Tensor *, const checked::Tensor *);
  bool same(const IndexVar *, const IndexVar *);
  bool same(const Expr *, const Expr *);
  bool sameNode(const Expr &, const Expr &);
  bool sameNumber(const Expr &, const Expr &);
  bool sameRead(const Expr &, const Expr &);
  bool same(const checked::RowProgram *, const checked::RowProgram *);
  bool strictly(const Expr *a, const Expr *b);
  bool pair(const checked::Tensor *, const checked::Tensor *);
  bool pair(const std::vector<const IndexVar *> &, const std::vector<const IndexVar *> &);
  template <typename T> bool all(const std::vector<T> &a, const std::vector<T> &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](T x, T y) { return same(x, y); });
  }

  Differences found;
  bool strict = false;     // numbers have to be equal
  bool sitesMatter = true; // of draws
  std::map<const checked::Tensor *, const checked::Tensor *> tensors;
  std::map<const IndexVar *, const IndexVar *> indices;
  std::map<const checked::Tensor *, const Turn::Slice *> slices[2];
  std::set<std::tuple<const Expr *, const Expr *, bool>> known;
};

} // namespace heed
