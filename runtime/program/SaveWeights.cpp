// The verb `save`.
#include "runtime/program/Session.h"
#include "runtime/program/Verbs.h"

namespace heed::runtime {

Result<void> saveWeights(const heed_model &model, const SaveOptions &options,
                         std::shared_ptr<const Embedded> embedded) {
  Result<Session> session = Session::open(model, options, embedded);
  return session ? session->weights.save(model, options.output) : session.error();
}

} // namespace heed::runtime
