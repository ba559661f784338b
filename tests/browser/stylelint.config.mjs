// The portal's style in a browser of 2016: node_modules/.bin/stylelint --config … (tests/browser/main.rs)
// What isn't known there is left out by that browser, and nothing is lost:
const HARMLESS = [
  "font-variant-numeric", // figures of one width
  "css-focus-visible", // :focus comes before it, and shows for the mouse too
  "css-content-visibility", // in @supports; the languages then fold out
  "mdn-text-decoration-shorthand", // only none and underline, which CSS 1 has
];

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      { browsers: ["chrome 51"], ignore: HARMLESS, ignorePartialSupport: true },
    ],
  },
};
