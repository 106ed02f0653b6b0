// Whether words can be read: how large they are laid out, and what is drawn of them. A font says itself what room its
// letters take, and one that a page brings can say so and draw nothing; a letter's ink is what its outline really is.

const LEAST_HEIGHT_PX = 11; // a line of the smallest text, 12px, is 14 high, and less on a page that is made smaller
const LEAST_WIDTH_PX = 2; // of a letter; words that are cut off keep a few
const EM = 100; // ink is told in whole pixels
const LEAST_INK = 0.05 * EM; // of any letter, if only a point as the Arabic zero
const LEAST_RISE = 0.35 * EM; // of all letters together: an x is half as high as its font
const LETTERS = /[\p{Lu}\p{Ll}\p{Lo}\p{Nd}]/gu;

const pen = document.createElement("canvas").getContext("2d");

function inkOf(text) {
  const drawn = pen.measureText(text);
  return {
    width: drawn.actualBoundingBoxLeft + drawn.actualBoundingBoxRight,
    height: drawn.actualBoundingBoxAscent + drawn.actualBoundingBoxDescent,
  };
}

function isDrawn(part, letters) {
  const { fontStyle, fontWeight, fontFamily } = getComputedStyle(part);
  pen.font = `${fontStyle} ${fontWeight} ${EM}px ${fontFamily}`;
  const inks = letters.map(inkOf);
  return (
    inks.every(({ width, height }) => Math.max(width, height) > LEAST_INK) &&
    (!letters.length || inkOf(letters.join("")).height > LEAST_RISE)
  );
}

function isLegible(part) {
  const letters = [...new Set(part.textContent.match(LETTERS))];
  const words = document.createRange();
  words.selectNodeContents(part);
  const isRoomy = (laid) => {
    const { width, height } = laid.getBoundingClientRect();
    return height >= LEAST_HEIGHT_PX && width >= LEAST_WIDTH_PX * Math.min(letters.length, 4);
  };
  return isRoomy(part) && isRoomy(words) && isDrawn(part, letters);
}
