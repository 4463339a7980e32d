import * as fundlayers from "fundlayers";
import { casesOf, difference } from "../vectors.mjs";

globalThis.run = { fundlayers, casesOf, difference };
