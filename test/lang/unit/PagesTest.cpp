// The pages of `heed explain`: their faulty examples have the fault, their mended ones do not.
#include "lang/check/Check.h"
#include "lang/check/Resolve.h"
#include "lang/parse/Parser.h"

#include <doctest/doctest.h>

using namespace heed;

namespace {

std::vector<std::string> programsIn(const std::string &page) {
  std::vector<std::string> programs;
  static constexpr std::string_view kOpen = "```heed\n", kClose = "```";
  for (size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    size_t end = page.find(kClose, at);
    programs.push_back(page.substr(at, end - at));
    at = end + kClose.size();
  }
  return programs;
}

constexpr int kFirstOfResolver = 200, kFirstOfChecker = 300;
constexpr int kFirstOfCompiler = 800, kFirstOfNotYet = 900; // test/compiler/tools/heed/pages.test

/// Goes as far with the program as the kind's room: examples of names are fragments, so behind the fault they only
/// parse.
void reportFaults(Kind kind, const std::string &program, Sources &sources, Diagnostics &diagnostics) {
  FileId file = sources.add("page", program);
  if (static_cast<int>(kind) < kFirstOfChecker) {
    parse(sources, file, diagnostics);
    return;
  }
  Package package = load(sources, file, HEED_STDLIB, diagnostics);
  resolve(package, diagnostics);
  CheckOptions options;
  if (kind == Kind::ConfigValue || kind == Kind::UnknownArchitecture) // asked of a checkpoint
    options.architecture = "LlamaForCausalLM";
  if (diagnostics.any())
    return;
  check(sources, package, options, diagnostics);
  for (const ast::Declaration *recipe : recipesOf(package)) {
    options.recipe = recipe;
    check(sources, package, options, diagnostics);
  }
}

} // namespace

TEST_CASE("pages explain their kind") {
  for (Kind kind : allKinds()) {
    std::string page = explain(kind);
    CAPTURE(page);
    CHECK(page.starts_with(code(kind) + ": " + std::string(title(kind)) + "\n\n"));
    CHECK(page.size() > title(kind).size() + 30);
    std::vector<std::string> programs = programsIn(page);
    for (size_t i = 0; i < programs.size(); ++i) {
      Sources sources;
      Diagnostics diagnostics(sources);
      reportFaults(kind, programs[i], sources, diagnostics);
      bool names = static_cast<int>(kind) >= kFirstOfResolver && static_cast<int>(kind) < kFirstOfChecker;
      bool later = (static_cast<int>(kind) >= kFirstOfCompiler && static_cast<int>(kind) < kFirstOfNotYet) ||
                   kind == Kind::CheckpointMisfit;
      bool isFault = i == 0 && !names && !later;
      CAPTURE(diagnostics.render());
      if (isFault) {
        REQUIRE(diagnostics.count() == 1);
        CHECK(diagnostics.all()[0].kind == kind);
      } else {
        CHECK(diagnostics.count() == 0);
      }
    }
  }
}
