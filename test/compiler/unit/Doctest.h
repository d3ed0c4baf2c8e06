// doctest as the compiler is built: without exceptions, a failed REQUIRE ends the program.
#pragma once

#define DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS
#include <doctest/doctest.h>
