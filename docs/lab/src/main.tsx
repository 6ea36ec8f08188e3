import { render } from 'preact';

const lab = document.getElementById('lab');
if (lab) render(<h1>The laboratory of rotation</h1>, lab);
