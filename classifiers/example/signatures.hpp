// What identifies the made-up application "example": the smallest set of constants a classifier
// needs.
#pragma once

#include <array>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::example {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// First bytes of a connection, from the client. Source: invented for this folder, 2026-11-21.
inline constexpr std::string_view kHello = "EXAMPLE/1 ";

inline constexpr SignalInfo kTextHello = {"EXAMPLE.TEXT.HELLO", Rank::bytes,
                                          "The stream begins with \"EXAMPLE/1 \""};
inline constexpr SignalInfo kNameText = {"EXAMPLE.NAME.TEXT", Rank::name,
                                         "Host name under chat.example"};
inline constexpr SignalInfo kDns = {"EXAMPLE.DNS", Rank::name,
                                    "A DNS answer gave this address for a name under chat.example"};
inline constexpr std::array kSignals = {kTextHello, kNameText, kDns};

// RFC 6761 section 6.5 reserves .example: no real traffic can match.
inline constexpr std::array kNames = {NameRule{"chat.example", "", Service::text, &kNameText}};

}  // namespace deadair::classifiers::example
