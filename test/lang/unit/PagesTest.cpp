// The pages of `heed explain`: their faulty examples have the fault, their mended ones parse.
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
      parse(sources, sources.add("page", programs[i]), diagnostics);
      bool isFault = i == 0 && static_cast<int>(kind) < 200; // later faults are the checker's
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
