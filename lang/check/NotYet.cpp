// The gate between checking and compiling. In: a checked program. Out: an error for each construct in it that the
// stages behind do not take yet; none, and every one of them may rely on that.
#include "lang/check/Check.h"

namespace heed {

using checked::Body;
using checked::Op;

namespace {

class Gate {
public:
  explicit Gate(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  void program(const checked::Program &program) {
    for (const auto &state : program.states)
      refuse(state->range, {}, "a `state`, which lasts from call to call,");
    for (const auto &entry : program.entries) {
      if (entry->streamFrom)
        refuse(entry->streamFrom->range, {}, "`stream … from`, a prefix that sees itself,");
      body(entry->body);
    }
  }

private:
  /// `caller`: of what stands in the standard library, else empty.
  void refuse(Range range, Range caller, std::string_view what) {
    Diagnostic &report =
        diagnostics.error(Kind::NotYet, caller.empty() ? range : caller, "{} is not compiled yet", what);
    if (!caller.empty())
      report.note(range, "inside the standard library, here");
  }

  void body(const Body &all) {
    for (const auto &op : all.ops) {
      if (op->kind == Op::Kind::Scan)
        refuse(op->range, op->caller, op->reverse ? "a reverse loop over a size" : "a loop over a size (a recurrence)");
      else if (op->kind == Op::Kind::Route)
        refuse(op->range, op->caller, "a block that data picks (a mixture of experts)");
      else
        for (const Op::Layer &layer : op->layers)
          body(*layer.body);
    }
  }

  Diagnostics &diagnostics;
};

} // namespace

void refuseNotYet(const checked::Program &program, Diagnostics &diagnostics) { Gate(diagnostics).program(program); }

bool isCompilable(const checked::Program &program, const Sources &sources) {
  Diagnostics untold(sources);
  refuseNotYet(program, untold);
  return !untold.any();
}

} // namespace heed
