// A loop over what is known when compiling becomes one op: each turn is elaborated on its own, turns that do the same
// become one kind, and what differs between the turns of a kind (layers, numbers, tables) becomes a stack.
//
// In: the `for`, and what its turns go over. Out: a `Repeat`, and the carried names bound to what it gives; or nothing,
// where the turns have to be written out one after the other.
#pragma once

#include "lang/check/Alignment.h"
#include "lang/check/Elaborator.h"

namespace heed {

class Elaborator::Rolling {
public:
  Rolling(Elaborator &in, const ast::Statement &loop, const std::vector<Value> &over, const ScopePtr &scope)
      : in(in), loop(loop), over(over), scope(scope), names(in.reboundIn(*loop.body, scope)) {}

  /// The loop's value. None: to be written out. `always`: even where all turns differ.
  std::optional<Value> run(bool always);

private:
  /// A name that was bound before and is bound again in a turn: data is carried, other values are known for each turn.
  struct Carry {
    std::string name;
    DataPtr before; // stored; null where the name is no data
    Value now;      // then: before the turn at hand
    bool literal;   // a number in the type that it happened to have
  };
  enum class Outcome { Done, Again, Failed, WriteOut };

  /// One after the other: a turn that was elaborated for it, or for blocks made from the same values, which have other
  /// rows in the same stacks.
  using Rows = std::map<std::pair<const checked::Tensor *, int64_t>, int64_t>;
  struct Step {
    size_t turn;
    Rows rows;
  };

  // ---- the turns (Rolling.cpp) ----
  Outcome attempt();
  bool isLikeEarlier(size_t number);
  static bool pairRows(const Value &, const Value &, Rows &);
  Outcome beginCarries();
  Outcome turn(size_t number);
  Outcome endTurn(Carry &, const ScopePtr &inner);
  bool sameAfterwards(const Carry &, const DataPtr &after);
  Value bindResults(checked::Op &repeat);

  // ---- their kinds (Kinds.cpp) ----
  struct Kind {
    const Turn *first;
    std::vector<Differences> turns; // of each turn from the first
  };
  void sortIntoKinds();
  checked::Op::Layer layerOf(Kind &);
  const checked::Tensor *constant(const checked::Tensor &layer, const std::vector<double> &numbers, int64_t turns);
  void stackSlices(Kind &, checked::Op::Layer &);
  void stackTables(const Kind &, checked::Body &, checked::Op::Layer &);
  void stackPicks(Kind &, checked::Op::Layer &);
  void stackNumbers(Kind &, checked::Op::Layer &);
  void rewrite(checked::Body &);
  const Expr *rewritten(const Expr *);

  Elaborator &in;
  const ast::Statement &loop;
  const std::vector<Value> &over;
  const ScopePtr &scope;
  const std::vector<std::string> names;
  std::map<std::string, Element> becomeData; // numbers before the loop that turns make data of
  std::vector<Carry> carries;
  std::vector<Turn> turns;                        // that were elaborated
  std::map<const Instance *, size_t> turnOfBlock; // by the first of those that are alike
  std::vector<Step> steps;
  std::vector<Kind> kinds;
  std::vector<int32_t> schedule;
  std::map<const Expr *, const Expr *> replaced, done; // within the kind at hand
};

} // namespace heed
