import { render } from 'preact';
import '../../../console/src/theme/theme.css';
import './page/lab.css';
import { Lab } from './page/lab.js';

const place = document.getElementById('lab');
if (place) render(<Lab />, place);
