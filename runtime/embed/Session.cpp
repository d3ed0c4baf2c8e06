// The C interface on top of the rooms that read weights and run entries. Nothing is thrown over it: memory that runs
// out in small things is a message, too.
#include "runtime/embed/heed_session.h"

#include "runtime/device/PickEntry.h"
#include "runtime/device/PrepareInputs.h"
#include "runtime/program/Session.h"

#include <algorithm>
#include <mutex>
#include <new>

using namespace heed::runtime;

struct heed_session {
  explicit heed_session(Session opened, uint64_t seed) : session(std::move(opened)), seed(seed) {}

  Session session;
  uint64_t seed;
  std::mutex mutex;                             // of `idle`
  std::vector<std::unique_ptr<Workspace>> idle; // as many as calls that were ever under way at once
};

struct heed_results {
  std::vector<Tensor> tensors;
  std::vector<heed_array> arrays; // their names are the model's
};

namespace {

/// What `heed_error` gives. A message that there was no memory for is replaced by one that needs none.
thread_local std::string problem;
thread_local const char *shown = "";

std::nullptr_t refuse(const Error &error) noexcept {
  try {
    problem = error.text;
    shown = problem.c_str();
  } catch (const std::bad_alloc &) {
    shown = "there is not enough memory";
  }
  return nullptr;
}

/// Calls what gives a pointer, or null after `refuse`.
template <typename Call> auto guarded(Call call) noexcept -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc &) { // of small things; large memory is asked for by functions that answer
    shown = "there is not enough memory";
    return nullptr;
  }
}

/// A workspace of the session's for one call.
class Lent {
public:
  explicit Lent(heed_session &session) : session(session) {
    std::lock_guard lock(session.mutex);
    if (session.idle.empty()) {
      workspace = std::make_unique<Workspace>();
      session.idle.reserve(session.idle.capacity() + 1); // so that giving it back needs no memory
    } else {
      workspace = std::move(session.idle.back());
      session.idle.pop_back();
    }
  }
  ~Lent() {
    std::lock_guard lock(session.mutex);
    session.idle.push_back(std::move(workspace));
  }
  Workspace &operator*() { return *workspace; }

private:
  heed_session &session;
  std::unique_ptr<Workspace> workspace;
};

/// The caller's array as a view, if it is one.
Result<TensorView> viewOf(const heed_array &array) {
  if (array.type < HEED_F64 || array.type > HEED_BOOL)
    return failure("{} has the type {}, which is no heed_type", ticked(array.name), array.type);
  if (array.rank < 0 || (array.rank > 0 && !array.shape))
    return failure("{} has the rank {}, and no shape for it", ticked(array.name), array.rank);
  Shape shape(array.shape, array.shape + array.rank);
  if (!bytesOf(ElementType(array.type), shape).isValid())
    return failure("{} has the shape {}, which is none", ticked(array.name), textOf(shape));
  TensorView view{ElementType(array.type), std::move(shape), static_cast<const std::byte *>(array.data)};
  if (!view.data && view.elements() != 0)
    return failure("{} has no data", ticked(array.name));
  return view;
}

const heed_array *named(std::span<const heed_array> arrays, std::string_view name) {
  auto found =
      std::find_if(arrays.begin(), arrays.end(), [&](const heed_array &a) { return a.name && a.name == name; });
  return found == arrays.end() ? nullptr : &*found;
}

/// A view for each input of the entry, none where it is left out; what the entry does not take is a mistake.
Result<std::vector<std::optional<TensorView>>> viewsOf(const heed_entry &entry, std::span<const heed_array> given) {
  for (const heed_array &array : given) {
    auto takes = [&](const heed_tensor &input) { return array.name && std::string_view(input.name) == array.name; };
    if (std::none_of(entry.inputs, entry.inputs + entry.input_count, takes))
      return failure("{} is no input of `{}`", array.name ? ticked(array.name) : "an array without a name",
                     textOf(entry));
  }
  std::vector<std::optional<TensorView>> views;
  for (int32_t i = 0; i != entry.input_count; ++i) {
    const heed_array *array = named(given, entry.inputs[i].name);
    Result<TensorView> view = array ? viewOf(*array) : TensorView();
    if (!view)
      return view.error();
    views.push_back(array ? std::optional(std::move(*view)) : std::nullopt);
  }
  return views;
}

/// Makes the arrays that show the tensors.
std::unique_ptr<heed_results> shownResults(const heed_entry &entry, std::vector<Tensor> tensors) {
  auto results = std::make_unique<heed_results>();
  results->tensors = std::move(tensors);
  for (int32_t i = 0; i != entry.output_count; ++i) {
    const Tensor &tensor = results->tensors[i];
    results->arrays.push_back({entry.outputs[i].name, int32_t(tensor.type()), int32_t(tensor.shape().size()),
                               tensor.shape().data(), tensor.data()});
  }
  return results;
}

heed_results *run(heed_session &held, std::string_view name, std::span<const heed_array> given) {
  Result<const heed_entry *> entry =
      pickEntry(held.session.model, name, [&](const char *input) { return named(given, input) != nullptr; });
  if (!entry)
    return refuse(entry.error());
  Result<std::vector<std::optional<TensorView>>> views = viewsOf(**entry, given);
  if (!views)
    return refuse(views.error());
  Result<PreparedInputs> inputs = prepareInputs(**entry, *views);
  if (!inputs)
    return refuse(inputs.error());
  Result<std::vector<Tensor>> tensors = allocateResults(**entry, inputs->sizes);
  if (!tensors)
    return refuse(tensors.error());
  std::vector<void *> pointers = pointersOf(*tensors);
  Lent workspace(held);
  CpuCall call{**entry, inputs->sizes, inputs->pointers, pointers, held.session.weights.image(), held.seed};
  if (Result<void> ran = held.session.cpu->run(call, *workspace); !ran)
    return refuse(ran.error());
  return shownResults(**entry, std::move(*tensors)).release();
}

} // namespace

extern "C" {

heed_session *heed_open(const heed_model *model, const heed_options *options) {
  return guarded([&]() -> heed_session * {
    if (!model)
      return refuse({"there is no model to open"});
    ModelOptions how;
    if (options)
      how = {options->weights ? options->weights : "", options->threads, options->seed};
    if (how.threads < 0 || how.threads > 4096)
      return refuse(failure("a session has 1 to 4096 threads, or 0 for one a core, not {}", how.threads));
    Result<Session> session = Session::open(*model, how, nullptr);
    return session ? new heed_session(std::move(*session), how.seed) : refuse(session.error());
  });
}

void heed_close(heed_session *session) { delete session; }

heed_results *heed_run(heed_session *session, const char *entry, const heed_array *inputs, size_t count) {
  return guarded([&]() -> heed_results * {
    if (!session || !entry || (!inputs && count != 0))
      return refuse({"a run needs a session, an entry's name, and its inputs"});
    return run(*session, entry, {inputs, count});
  });
}

const heed_array *heed_result(const heed_results *results, const char *name) {
  return results && name ? named(results->arrays, name) : nullptr;
}

void heed_free(heed_results *results) { delete results; }

const char *heed_error(void) { return shown; }
}
